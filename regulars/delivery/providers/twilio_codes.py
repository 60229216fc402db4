"""What do Twilio's error codes mean for a message? The policy as a table; codes not in it follow a rule.

Source: https://www.twilio.com/docs/api/errors; Twilio warns that codes and texts change, so nothing rests on a text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from regulars.delivery.receipt import ReceiptKind

Refusal = Literal["recipient", "message", "config"]

OPTED_OUT = 21610
QUEUE_FULL = 21611
QUEUE_FULL_SECONDS = 300.0

# "Never processed and always safe to retry" (20429), and their kin for one channel.
TOO_FAST = frozenset({20429, 14107, 63018})

# The account, not the message: whatever is sent next fares alike.
ACCOUNT = frozenset({20003, 20005, 20006, 20008, 20010, 20101, 20403, 20404})

REFUSED: Mapping[int, Refusal] = {
    21211: "recipient",  # invalid number
    21214: "recipient",  # cannot be reached
    21217: "recipient",  # does not appear to be valid
    21265: "recipient",  # a short code
    21268: "recipient",  # premium number
    21408: "recipient",  # region not permitted
    21610: "recipient",  # opted out
    21612: "recipient",  # not reachable from this sender
    21614: "recipient",  # no mobile
    21635: "recipient",  # landline
    21212: "config",  # invalid sender
    21601: "config",  # sender without SMS
    21603: "config",  # no sender
    21606: "config",  # sender not ours, or not for this destination
    21607: "config",  # trial: sender
    21608: "config",  # trial: recipient not verified
    21609: "config",  # status callback
    21657: "config",  # sender id
    21660: "config",  # sender of another account
    21701: "config",  # messaging service: does not exist
    21702: "config",  # messaging service: not available
    21703: "config",  # messaging service: no number for this
    21704: "config",  # messaging service: no numbers
    21705: "config",  # messaging service: invalid
    21708: "config",  # alpha sender missing
    21709: "config",  # alpha sender not authorised
    21602: "message",  # no body
    21604: "message",  # no recipient
    21605: "message",  # too long, old endpoint
    21617: "message",  # over 1,600 characters
    21618: "message",  # body cannot be sent
    21624: "message",  # validity period
    21654: "message",  # variables without a content
    21655: "message",  # content: no such SID
    21656: "message",  # content: variables
    30016: "config",  # sender and recipient on different channels
    # WhatsApp: https://www.twilio.com/docs/whatsapp/tutorial/error-codes
    63002: "config",  # sender unknown to the channel
    63003: "recipient",  # inactive or invalid
    63007: "config",  # sender not ours, or not yet approved
    63008: "config",  # channel set up wrongly
    63013: "message",  # against the channel's policy
    63014: "recipient",  # blocked us, or opted out
    63016: "message",  # words of our own, outside of the 24-hour window
    63021: "message",  # content that the channel does not take
    63024: "recipient",  # has no WhatsApp, or one that cannot take it
    63027: "message",  # content: not in this language
    63028: "message",  # content: number of variables
    63031: "recipient",  # ourselves
    63032: "recipient",  # the channel keeps it from this customer
    63049: "recipient",  # the channel has had enough marketing for this customer
}

# What a status callback's code says of a message that did not arrive; all others are a failure of this message alone.
UNDELIVERED: Mapping[int, ReceiptKind] = {
    21610: "stopped",  # opted out, told late: a messaging service picks its sender after it answered
    21211: "bounced",
    21614: "bounced",
    30005: "bounced",  # unknown handset
    30006: "bounced",  # landline
    30001: "blocked",  # queue overflow
    30003: "blocked",  # handset off
    30004: "blocked",  # blocked by the handset or its carrier
    30017: "blocked",  # congestion
    30022: "blocked",  # carrier's rate
    30023: "blocked",  # carrier's daily cap
    30027: "blocked",  # carrier's daily limit
    63003: "bounced",
    63014: "stopped",  # blocked us, which no STOP tells
    63018: "blocked",  # the channel's rate
    63024: "blocked",  # no WhatsApp today: they may come to have one
    63032: "blocked",
    63049: "blocked",
}
