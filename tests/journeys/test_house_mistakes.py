"""Is every mistake in the house rules found in its place, with the nearest right word?

In each text a `«` stands before the place where the mistake is expected. A step is the one that the mistake names.
"""

from __future__ import annotations

from mistake_cases import Case, found_in_their_places

HOUSE_MISTAKES: dict[str, Case] = {
    "unknown word": ("house", "  «tmezone: x\n", None, "house has no word 'tmezone'; did you mean 'timezone'?"),
    "holdout of a number": ("house", "  holdout: «5\n", None, "a share like 50%, found '5'; did you mean '5%'?"),
    "holdout of everybody": ("house", "  holdout: «100%\n", None, "a holdout of 100% leaves nobody to write to"),
    "time zone": ("timezone", "«Europe/Berlinn", None, "'Europe/Berlinn'; did you mean 'Europe/Berlin'?"),
    "locale": ("locale", "«de_DE", None, "found 'de_DE'; did you mean 'de-DE'?"),
    "locale in one": ("locale", "«enCA", None, "found 'enCA'; did you mean 'en-CA'?"),
    "currency": ("currency", "«EURO", None, "found 'EURO'; did you mean 'EUR'?"),
    "text sender": ("sms_from", "«The Mori & Me Shop", None, "at most 11 letters"),
    "text sender of digits": ("sms_from", "«12345678901", None, "expected a number like +14155550100"),
    "phone number": ("sms_from", '«"+1415"', None, "expected a number like +14155550100"),
    "sender": ("email_from", "«Shop <hello@shop", None, "expected 'Name <address>'"),
    "sender's address": ("email_from", "«Shop <hello@shop>", None, "should have a period"),
    "sender over two lines": (
        "email_from",
        '«"Shop\\n <a@shop.example>"',
        None,
        "expected 'Name <address>'",
    ),
    "nothing": ("house", "  «website:\n", None, "expected a text, found nothing"),
    "truth for a text": ("name", "«true", None, "expected a text, found 'true'"),
    "address": ("house", "  reply_to: «hello\n", None, "expected an e-mail address, found 'hello'"),
    "website": ("house", "  website: «shop.example\n", None, "expected an address like https://shop.example"),
    "country": ("house", "  markets:\n    «Germany: {locale: de-DE}\n", None, "expected a country like DE"),
    "country by its name": ("house", "  markets:\n    «Germany: {locale: de-DE}\n", None, "did you mean 'DE'?"),
    "country by another code": ("house", "  markets:\n    «UK: {locale: en-GB}\n", None, "did you mean 'GB'?"),
    "country in small letters": ("house", "  markets:\n    «jp: {locale: ja-JP}\n", None, "did you mean 'JP'?"),
    "sender without <>": (
        "email_from",
        "«Mori Tea a@b.example",
        None,
        "expected 'Name <address>', found 'Mori Tea a@b.example'; did you mean 'Mori Tea <a@b.example>'?",
    ),
    "a message's word": ("house", "  «purpose: service\n", None, "beside an 'email', 'sms' or 'whatsapp' step"),
    "word of a market": (
        "house",
        "  markets:\n    DE: {«timezon: Europe/Berlin}\n",
        None,
        "the market DE has no word 'timezon'; did you mean 'timezone'?",
    ),
    "quiet hours": ("house", '  quiet_hours: {sms: «"20:00-25:00"}\n', None, 'expected hours like "20:00-09:00"'),
    "quiet hours all day": ("house", '  quiet_hours: {sms: «"20:00-20:00"}\n', None, "begin and end at the same time"),
    "channel": ("house", "  caps: {«emial: 1 per 1 day}\n", None, "caps has no word 'emial'; did you mean 'email'?"),
    "cap": ("house", "  caps: {sms: «2 in 7 days}\n", None, "expected a cap like '1 per 16 hours'"),
    "cap of none": ("house", "  caps: {sms: «0 per 7 days}\n", None, "expected a cap like '1 per 16 hours'"),
    "coupon cap": ("house", "  caps: {«coupon: 1 per 30 days}\n", None, "'coupon' is not available in this version"),
    "span": ("house", "  valid_for: {sms: «12 ours}\n", None, "expected a span like '45 minutes'"),
    "list for a mapping": ("house", "  caps: «[sms]\n", None, "expected email, sms, whatsapp below it, found a list"),
    "missing words": (
        "file",
        "«house: {timezone: Europe/Berlin, locale: de-DE, currency: EUR}\n<journey>    steps: [wait: 1 day]\n",
        None,
        "house needs 'name'",
    ),
    "missing address for marketing": (
        "file",
        "«<house but postal_address><journey>    steps: [email: a/b]\n",
        None,
        "house needs 'postal_address'",
    ),
    "missing sender for texts": (
        "file",
        "«<house but sms_from><journey>    steps: [sms: a/b]\n",
        None,
        "house needs 'sms_from'",
    ),
    "misspelt top word": ("file", "<house>«jurneys: {}\n<journey>    steps: [wait: 1 day]\n", None, "mean 'journeys'?"),
}


test_a_mistake_in_the_house_is_found_in_its_place = found_in_their_places(HOUSE_MISTAKES)
