"""Is a wish to be left alone heard in whatever words, and only there?"""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.delivery.opt_out import COURTESIES, START_KEYWORDS, STOP_KEYWORDS, STOP_SENTENCES, opt_out

CARRIERS_STOP = ["STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"]
CARRIERS_START = ["START", "YES", "UNSTOP"]

STOPS = {
    "keyword, however written": [
        *(
            "stop!!",
            "Stop.",
            " sToP \n",
            '"STOP"',
            "\uff33\uff34\uff2f\uff30",
            "S T O P",
            "S.T.O.P.",
            "stop \U0001f6d1",
        ),
        *("stop all", "opt-out", "Opt out", "un\u200bsubscribe", "Abmelden", "stopp!", "TD", "td", "退订", "退訂。"),
    ],
    "keyword with courtesies": [
        *(
            "please stop",
            "Stop, please",
            "stop now",
            "Ok stop it",
            "STOP thank you",
            "Unsubscribe me please",
            "No, stop",
        ),
        *("Bitte abmelden", "Bitte stopp", "Please cancel"),
    ],
    "keyword as a sentence or a line": [
        *("No thanks. Stop", "Who is this? STOP", "STOP\nSent from my phone", "I never signed up! Unsubscribe."),
    ],
    "keyword over and over": [
        *("STOP STOP STOP", "stop stop", "Stop! Stop! Stop!", "STOP please STOP", "stop unsubscribe cancel"),
    ],
    "keyword after an opening": [
        *(
            "can you stop",
            "Could you please stop?",
            "can u stop",
            "i said stop",
            "I told you to stop",
            "I want to stop",
        ),
        *("how do I stop this?", "I'd like to cancel", "would you please remove me", "why won't you stop?"),
        *("just stop already", "I want you to stop now"),
    ],
    "keyword and a name or a remark": [
        *(
            "stop - Anna",
            "STOP\u2014Anna",
            "Stop, Anna",
            "Unsubscribe - Tom Miller",
            "stop -- you have the wrong person",
        ),
    ],
    "sign alone": ["\U0001f6d1", "\U0001f6d1\U0001f6d1 !", "\u26d4\ufe0f", "\U0001f6ab"],
    "keyword of Canada's carriers": [
        *("Arr\u00eat", "ARRET", "arre\u0302t", "Arr\u00eatez svp, stop", "D\u00e9sabonner")
    ],
    "words that the FCC names": [*("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")],
    "in English words": [
        *("I want to stop receiving these", "I would like to stop receiving your texts"),
        *("please remove me", "remove", "Remove me!", "unsubscribe me pls", "opt-out", "stop hearing from you"),
        *("please stop texting me", "don't message me again", "don\u2019t text me anymore", "Do not contact me"),
        *("take me off", "take me off your list", "Please take my number off your list", "get me off this list"),
        *("Remove me from this list please", "remove my number", "never text me again", "do not send me offers"),
        *(
            "how do I unsubscribe?",
            "I want to opt out",
            "opt me out",
            "stop sending me this crap",
            "stop sending these",
        ),
        *("stop the texts", "stop spam", "no more texts", "no more messages please", "I never want to get these texts"),
        *("I don't want any more texts", "i no longer wish to receive messages", "I dont want these texts"),
        *("leave me alone", "wrong number", "cancel all texts", "I withdraw my consent", "lose my number"),
        *("can you stop texting me", "if you don't stop texting me I will sue", "you never stop texting me"),
        *("why won't you stop texting me", "can't you stop texting me?", "I did not sign up, stop messaging me"),
    ],
    "in German words": [
        *("bitte keine SMS mehr", "Keine Nachrichten mehr!", "keine SMS", "ich möchte keine SMS bekommen"),
        *("Ich will von euch keine Nachrichten", "Keine Werbung mehr bitte", "Schreibt mir bitte nicht mehr"),
        *("Bitte melden Sie mich ab", "Ich möchte mich abmelden", "Hört auf", "lasst mich in Ruhe"),
        *("bitte nicht mehr schreiben", "Löscht bitte meine Nummer", "Newsletter abbestellen"),
    ],
    "in Chinese words": [
        *("不要再发", "不要再发了", "请不要再给我发短信", "别再发短信给我了", "我要退订", "取消订阅", "请勿打扰"),
        *("不要再傳訊息給我", "別再發了", "停止发送短信", "不想再收到广告"),
    ],
}
NOT_STOPS = {
    "the same letters in another sense": [
        *("can't stop loving this tea", "stop by the shop", "when does the sale end?", "I'll stop by tomorrow"),
        *("where does the bus stop", "Which bus stop is next to the shop?", "stop my order", "Great tea, never stop!"),
        *("Can I cancel my order?", "cancel my order please", "I will quit work at 5", "it isn't the end"),
        *("take me off guard!", "why was I unsubscribed?", "my dog can't stop drinking it", "Start with green tea?"),
    ],
    "a keyword within a sentence": [
        *("when does the bus stop selling tea?", "I can't stop drinking your tea", "non-stop", "Non-stop tea, love it"),
        *(
            "can you stop by tomorrow?",
            "could you cancel order 1000",
            "can you remove the mint?",
            "Remove the mint please",
        ),
        *("Next stop, please tell me", "the bus stop - is it near?", "I want to end my order", "\U0001f6d1 Sale?"),
        *("why did I stop receiving messages?", "can I start again", "is it the end, my friend?"),
    ],
    "the opposite": [
        *("don't stop!", "Don't you stop!", "I cannot stop", "can you not stop", "never stop", "I said don't stop"),
        *("don't stop texting me!", "please don't stop sending these", "I don't want to unsubscribe"),
        *("Please don't take me off the list", "bitte nicht abmelden", "kein Stopp", "不要退订", "我不想退订"),
    ],
    "a wish for more, or a lack": [
        *("You never send me offers anymore", "why do you never send me messages", "Can you send me more offers"),
        *("I'm getting no more texts from the courier", "I did not get any messages", "are there no more offers"),
        *("Ich habe keine Nachrichten erhalten", "Ich bekomme keine Nachrichten mehr von euch"),
    ],
    "something else": [
        *("Thanks!", "no", "", "\U0001f44d", "how much is it", "Love your messages", "I do not need more tea"),
        *(
            "Don't send it to my old address",
            "I don't want things to be late",
            "can you message me the tracking number",
        ),
        *("Bitte keine Milch mehr", "Der Sale hört auf", "Wann hört der Sale auf?", "Keine Ahnung", "Keine Frage"),
        *("什么时候发货", "好的 谢谢", "请不要发错颜色", "请不要再发错货", "别忘了联系我", "不要辣", "HELP", "INFO"),
    ],
}


def _rows(table: dict[str, list[str]]) -> list[object]:
    return [pytest.param(text, id=f"{kind}: {text!r}") for kind, texts in table.items() for text in texts]


@pytest.mark.parametrize("text", _rows(STOPS))
def test_a_wish_to_stop_is_heard(text: str) -> None:
    assert opt_out(text) == "stop"


@pytest.mark.parametrize("text", _rows(NOT_STOPS))
def test_what_is_no_wish_to_stop_is_not_taken_for_one(text: str) -> None:
    assert opt_out(text) == "none"


@pytest.mark.parametrize("text", ["START", "start!", "Yes", "unstop", "YES.", " yes \n"])
def test_a_keyword_alone_starts_again(text: str) -> None:
    assert opt_out(text) == "start"


@pytest.mark.parametrize("text", ["yes please", "I started my order", "please start", "yes or no?", "start stop"])
def test_a_start_in_words_gives_no_consent(text: str) -> None:
    assert opt_out(text) == "none"


def test_the_carriers_keywords_are_all_known() -> None:
    assert {keyword.lower() for keyword in CARRIERS_STOP} <= STOP_KEYWORDS
    assert {keyword.lower() for keyword in CARRIERS_START} == START_KEYWORDS


spaces_and_marks = st.text(' .!?,;:\n\t"-()\u2026\U0001f6d1', max_size=6)


def _in_any_case(word: str) -> st.SearchStrategy[str]:
    return st.lists(st.booleans(), min_size=len(word), max_size=len(word)).map(
        lambda upper: "".join(c.upper() if up else c for c, up in zip(word, upper, strict=True))
    )


@given(st.sampled_from(CARRIERS_STOP).flatmap(_in_any_case), spaces_and_marks, spaces_and_marks)
def test_a_carriers_keyword_stops_in_any_case_between_any_marks(word: str, before: str, after: str) -> None:
    assert opt_out(before + word + after) == "stop"


@given(st.sampled_from(CARRIERS_START).flatmap(_in_any_case), spaces_and_marks, spaces_and_marks)
def test_a_carriers_start_starts_in_any_case_between_any_marks(word: str, before: str, after: str) -> None:
    assert opt_out(before + word + after) == "start"


@given(st.sampled_from(sorted(STOP_SENTENCES)), st.sampled_from(COURTESIES.split("|")))
def test_a_courtesy_before_or_after_changes_nothing(keyword: str, courtesy: str) -> None:
    assert opt_out(f"{courtesy} {keyword}") == opt_out(f"{keyword} {courtesy}") == "stop"


@given(st.text(max_size=3000))
def test_any_text_is_judged(text: str) -> None:
    assert opt_out(text) in {"stop", "start", "none"}


@pytest.mark.parametrize(
    "text",
    ["stop sending " + "me the " * 400, "dont want " * 300, "keine weitere " * 200, "不要" * 2000, "no " * 900 + "x"],
)
def test_a_long_text_is_judged_at_once(text: str) -> None:
    began = time.perf_counter()
    opt_out(text)
    assert time.perf_counter() - began < 0.5
