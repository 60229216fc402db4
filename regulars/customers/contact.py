"""Where can a customer be reached? E-mails and phone numbers in the one form they are stored and compared in."""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers
from email_validator import SPECIAL_USE_DOMAIN_NAMES, validate_email

_LONGEST_EMAIL = 254  # RFC 5321, by way of RFC 3696 erratum 1690
_LONGEST_PHONE = 64

# Nearly every address there is. Whatever matches and is at most 64 characters long is valid and already in its normal
# form, which a property test holds against email-validator; that one takes twenty times as long and gets the rest.
_PLAIN_EMAIL = re.compile(r"[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+([a-z]{2,})")
_LONGEST_PLAIN = 64
_RESERVED = frozenset(name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES)


def normal_email(text: str | None) -> str | None:
    """`text` trimmed, lower-cased, Unicode domains in Unicode; None when it is no address a stranger could write to."""
    if not text:
        return None
    text = text.strip().lower()
    if len(text) <= _LONGEST_PLAIN and (match := _PLAIN_EMAIL.fullmatch(text)) and match[1] not in _RESERVED:
        return text
    return _validated(text) if "@" in text and len(text) <= _LONGEST_EMAIL else None


def normal_phone(text: str | None, country: str | None = None) -> str | None:
    """`text` as E.164 ("+14155550100"), read as dialled within `country` (ISO 3166 alpha-2) unless it begins with "+".

    None when it is no number of a known numbering plan, or has no "+" and no country to read it in.
    """
    if not text or len(text) > _LONGEST_PHONE:
        return None
    return _e164(text.strip(), country.upper() if country else None)


@lru_cache(maxsize=8192)
def _validated(text: str) -> str | None:
    try:
        return validate_email(text, check_deliverability=False).normalized
    except ValueError:  # EmailNotValidError is one
        return None


@lru_cache(maxsize=16384)
def _e164(text: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
