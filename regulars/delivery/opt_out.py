"""Does a text ask us to stop? The carriers' keywords, and the wish in a customer's own words.

A customer may revoke consent "by any reasonable means" (47 CFR 64.1200(a)(10)), so free wording counts for a stop. A
start gives consent, so only the keyword alone counts for it. In doubt a text stops: the other error is unlawful.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Wish = Literal["stop", "start", "none"]

START_KEYWORDS = frozenset({"start", "yes", "unstop"})
# A text of this alone, whatever courtesies stand around it.
STOP_KEYWORDS = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "unsubscribe me", "optout", "opt out", "revoke", "end", "quit"}
    | {"cancel", "remove", "remove me", "wrong number", "you have the wrong number"}
    | {"stopp", "abmelden", "abbestellen", "austragen", "aufhören", "aufhoeren", "schluss", "falsche nummer"}
    | {"arrêt", "arret", "arrêter", "arreter", "arrêtez", "arretez", "désabonner", "desabonner"}
    | {"désabonnement", "desabonnement", "désinscription", "desinscription"}
    | {"td", "退订", "退訂", "取消订阅", "取消訂閱", "停止", "拒收"}
)
# Of these one sentence, line or clause is enough: the others are everyday words.
STOP_SENTENCES = STOP_KEYWORDS - {"end", "quit", "cancel", "remove", "revoke", "schluss", "停止"}
STOP_SIGNS = frozenset("\U0001f6d1\u26d4\U0001f6ab")  # a text of signs alone, one of them among these
COURTESIES = (
    "please|pls|plz|kindly|thanks|thank you|thx|ty|now|immediately|asap|right|it|this|hi|hello|hey|ok|okay|no|sorry"
    "|just|already|bitte|danke|sofort|jetzt|hallo|mal|das|damit|nein"
)
# What a keyword may come after, and nothing else: "can you stop", "I said stop".
OPENINGS = (
    "(?:can|could|will|would) (?:you|u)|(?:how )?(?:do|can|could|may) i|how to|(?:why )?(?:cant|wont) (?:you|u)"
    "|(?:i|we) (?:said|say|repeat|mean)"
    "|(?:i|we) (?:told|asked|want|need|wish|wanna|would like|d like)(?: you| u)?(?: to)?|(?:id|wed) like(?: you| u)? to"
)

# Words of the tables below. Everything is lower case, apostrophes gone, every other mark a space.
_NEVER = "(?:do not|dont|dnt|never|no longer)"
_MAIL = (
    "(?:texts?|txts?|messages?|msgs?|sms|texting|messaging|spam|ads?|advertising|marketing|promos?|promotions?"
    "|notifications?|alerts?)"
)
_SENT = f"(?:{_MAIL}|stuff|things|crap|junk|offers?|reminders?)"
_WHICH = "(?:(?:all|any|more|the|these|those|your|such|further|of|this|so many|me|us|to|marketing|promotional|text) )*"
_MINE = "(?:me|us|(?:my|this) (?:phone |cell |mobile )?(?:number|name))"
_END = "(?=$| (?:please|pls|plz|thanks|thank|now|again|anymore|any more|ever|at all|immediately))"
_KEINE = "keine?n? (?:(?:weiteren|weitere|solchen|solche) )?(?:sms|nachrichten?|texte|werbung|mitteilungen)"

_NOT_ZH = "(?:不要|别|別|请勿|請勿|勿|莫|不想|不再|停止|拒绝|拒絕)"
_ME_ZH = "(?:再|继续|繼續|给我|給我|向我|收到|接收|发送|發送|你们|你們|的|这些|這些|任何)*"
_NOUN_ZH = "(?:短信|简讯|簡訊|讯息|訊息|消息|信息|广告|廣告)"

STOP_PHRASES = (
    "(?:stop|quit) (?:texting|txting|messaging|contacting|spamming|bothering|harassing|writing|sms)",
    f"(?:stop|quit) sending {_WHICH}{_SENT}",
    f"(?:stop|quit) sending(?: me| us)?(?: this| these| those)?{_END}",
    f"stop {_WHICH}{_MAIL}",
    f"(?<!did i )(?<!did we )stop (?:receiving|getting|seeing) (?:{_WHICH}{_SENT}|(?:this|these|those|it|them){_END})",
    "stop hearing from you",
    f"(?<!you ){_NEVER} (?:ever )?(?:text|txt|message|msg|sms|contact|write|spam|bother)(?: to)? (?:me|us|this)",
    f"(?<!you ){_NEVER} (?:ever )?send (?:me |us )?{_WHICH}{_SENT}",
    f"{_NEVER} (?:want|wish|need|like)(?: to)?(?: get| receive| hear| see| be getting| be receiving)? {_WHICH}{_MAIL}",
    f"{_NEVER} (?:want|wish)(?: to)? hear from you",
    f"(?:no|not any) (?:more|further) {_WHICH}{_MAIL}",
    f"(?:take|remove|delete|drop|strike|scrub) {_MINE} (?:from|out of)",
    f"(?:take|get|keep) {_MINE} off(?: of)?(?: (?:your|the|this|that|these|all|any)|{_END})",
    f"(?:remove|delete) {_MINE}{_END}",
    "(?:un ?subscribe|de ?subscribe) (?:me|us|my|this|from)",
    "(?:want|wish|like|need|how|where)(?: do i| can i| do you| would i)? (?:to )?(?:un ?subscribe|opt out)",
    "(?:please|pls|plz) (?:un ?subscribe|opt out)|(?:un ?subscribe|opt out) (?:please|pls|plz)",
    "opt(?:ing)? (?:me |us )?out",
    f"cancel {_WHICH}(?:subscription|{_MAIL})",
    "(?:revoke|withdraw)(?:ing)? (?:my |the )?consent",
    "leave (?:me|us) alone|lose (?:my|this) number",
    # Deutsch
    f"{_KEINE} (?:von (?:euch|ihnen) )?mehr",
    f"(?:will|möchte|moechte|wollen|bitte) (?:\\w+ ){{0,2}}{_KEINE}|^{_KEINE}$",
    "(?:schreib\\w*|kontaktier\\w*|simst|texte\\w*)(?: sie)?(?: mir| mich| uns)? (?:bitte )?nicht mehr",
    "nicht mehr (?:an)?(?:schreiben|kontaktieren|schicken|senden|simsen)",
    "(?:^|bitte |endlich )(?:hört|hör|hoert|hoer|hören sie|hoeren sie)(?: bitte)?(?: endlich)? (?:auf|damit auf)",
    "(?:meldet|melde|melden sie)(?: mich| uns)(?: bitte)?(?: hiervon| davon)? ab",
    "(?:lösch|loesch)\\w*(?: sie)?(?: bitte)? meine (?:handy|telefon)?nummer",
    "(?:lass|lasst|lassen sie) mich (?:bitte |endlich )?in ruhe",
    "(?:will|möchte|moechte|würde|wuerde)(?: mich)?(?: gern\\w*)?(?: bitte)? (?:abmelden|abbestellen|austragen)",
    "(?:sms|nachrichten|werbung|newsletter|mich)(?: bitte)? (?:abbestellen|abmelden|austragen|stoppen)",
)
# Chinese is written without spaces: these are sought in the text without any.
STOP_PHRASES_CHINESE = (
    "退订|退訂|取消订阅|取消訂閱|取消關注|回t退",
    f"{_NOT_ZH}再{_ME_ZH}(?:发|發|传|傳|寄)(?![货貨错錯票])",
    f"{_NOT_ZH}{_ME_ZH}(?:发|發|传|傳|寄)?(?:了$|{_NOUN_ZH}|骚扰|騷擾|打扰|打擾|联系|聯絡|联络|聯繫)",
    "(?:把我|将我|將我)(?:从|從)?.{0,8}(?:移除|删除|刪除|去掉)",
)
# A phrase after one of these says the opposite: "please don't stop texting me", but not "if you don't stop texting me".
_DENIED = re.compile(
    r"(?:(?<!you )(?<!\bu )\b(?:dont|do not|never|cant|cannot|can not|wont|will not|not|didnt|did not|nicht|kein|keine)"
    r"(?: (?:ever|please|just|want|wish|like|need|mean|wanna|going|ask|you to|us to|me to|to|bitte)){0,4}"
    r"|\b(?:get|getting|got|receive|received|have|there are|are there|bekomme|erhalte|kriege|habe)"
    r"|(?:不|没|沒|没有|沒有|不要|不想|别|別|未|不用)) ?$"
)
_STOP = re.compile("|".join(f"\\b(?:{phrase})\\b" for phrase in STOP_PHRASES))
_STOP_CHINESE = re.compile("|".join(STOP_PHRASES_CHINESE))
_AROUND = re.compile(f"^(?:(?:{COURTESIES})\\b ?)+|(?: ?\\b(?:{COURTESIES}))+$")
_OPENING = re.compile(f"^(?:{OPENINGS}) (?=.)")
_AGAIN = frozenset({*(word for word in STOP_KEYWORDS if " " not in word), *COURTESIES.split("|")})
# NFKC has made the other wide marks narrow. A dash counts between words, not within one: "non-stop".
_SENTENCE_ENDS = re.compile("[.!?;,\n。\u2013\u2014]+|\\s-+|-+\\s")
_LONGEST = 2000


def opt_out(text: str) -> Wish:
    """The wish in an inbound text: "stop", "start", or neither. Any case, punctuation, width and spacing."""
    text = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    words = _words(text)
    if words in START_KEYWORDS:
        return "start"
    meant = (
        _is_said(words, STOP_KEYWORDS)
        or any(_is_said(_words(clause), STOP_SENTENCES) for clause in _SENTENCE_ENDS.split(text))
        or (not words and any(sign in text for sign in STOP_SIGNS))
        or _affirmed(_STOP, words)
        or _affirmed(_STOP_CHINESE, words.replace(" ", ""))
    )
    return "stop" if meant else "none"


def _is_said(words: str, keywords: frozenset[str]) -> bool:
    """Are the words one of the keywords, but for courtesies and an opening, or nothing but keywords over and over?"""
    bare = _bare(words)
    asked = _bare(_OPENING.sub("", bare))
    said = bare.split()
    over_and_over = not keywords.isdisjoint(said) and _AGAIN.issuperset(said)
    return bare in keywords or asked in keywords or over_and_over


def _affirmed(phrases: re.Pattern[str], words: str) -> bool:
    return any(not _DENIED.search(words[: found.start()]) for found in phrases.finditer(words))


def _words(text: str) -> str:
    """`text` as words with one space between: "Don't!" is "dont", "S.T.O.P" is "stop"."""
    kept = []
    for character in text:
        if character in "'\u2019\u2018`\u00b4" or unicodedata.category(character) == "Cf":
            continue
        kept.append(character if character.isalnum() or unicodedata.combining(character) else " ")
    words = "".join(kept).split()
    spelt = len(words) > 1 and all(len(word) == 1 for word in words)
    return ("" if spelt else " ").join(words)


def _bare(words: str) -> str:
    """`words` without the courtesies around them."""
    return _AROUND.sub("", words)
