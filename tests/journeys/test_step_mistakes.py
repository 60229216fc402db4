"""Is every mistake in what a step does found in its place, with the nearest right word?

In each text a `«` stands before the place where the mistake is expected. A step is the one that the mistake names.
"""

from __future__ import annotations

from mistake_cases import Case, found_in_their_places

STEP_MISTAKES: dict[str, Case] = {
    "unknown step": ("steps", "      - «emial: a/b\n", "1", "there is no step 'emial'; did you mean 'email'?"),
    "step without its colon": (
        "steps",
        "      - email: a/b\n      - «wait\uff1a2 days\n",
        "2",
        "expected a step like 'wait: 1 day', found 'wait\uff1a2 days'; did you mean 'wait: 2 days'?",
    ),
    "step that has an id": ("steps", "      - «wiat: 1 day\n        id: pause\n", "pause", "did you mean 'wait'?"),
    "unit": ("steps", "      - wait: «1 dya\n", "wait_1", "not '1 dya'; did you mean '1 day'?"),
    "short unit": ("steps", "      - wait: «2d\n", "wait_1", "; did you mean '2 days'?"),
    "month": ("steps", "      - wait: «2 months\n", "wait_1", "; did you mean '60 days'?"),
    "hour of one digit": ("steps", '      - wait_until: «"9:30"\n', "wait_until_1", "; did you mean '09:30'?"),
    "hour of the afternoon": ("steps", "      - wait_until: «3 pm\n", "wait_until_1", "; did you mean '15:00'?"),
    "no hour": ("steps", '      - wait_until: «"25:00"\n', "wait_until_1", "found '25:00'"),
    "template, misspelt": (
        "steps",
        "      - email: «a/ofer\n",
        "ofer",
        "there is no template 'a/ofer' below templates/email/; did you mean 'a/offer'?",
    ),
    "template of another folder": ("steps", "      - email: «b/offer\n", "offer", "; did you mean 'a/offer'?"),
    "template without its folder": (
        "steps",
        "      - email: «offer\n",
        "offer",
        "expected a template like welcome/hello, found 'offer'; did you mean 'a/offer'?",
    ),
    "template with its ending": ("steps", "      - email: «a/hello.en.mjml\n", "email_1", "did you mean 'a/hello'?"),
    "template like no other": (
        "steps",
        "      - sms: «xyz/uvw\n",
        "uvw",
        "there is no template 'xyz/uvw' below templates/sms/: make xyz/uvw.en.txt there",
    ),
    "words below a message": (
        "steps",
        "      - email: «{template: a/b, purpose: service}\n",
        "email_1",
        "found a mapping: its words stand beside 'email', not below it",
    ),
    "purpose's words": (
        "steps",
        "      - sms: a/b\n        purpose: «transactional\n",
        "b",
        "expected one of marketing, service, found 'transactional'",
    ),
    "purpose of a wait": (
        "steps",
        "      - wait: 1 day\n        «purpose: service\n",
        "wait_1",
        "it stands beside an 'email', 'sms' or 'whatsapp' step, as 'purpose: marketing' or 'purpose: service'",
    ),
    "property of the event": (
        "steps",
        "      - if: event.«ordr_id\n        then: [email: a/b]\n",
        "if_1",
        "'order_id'?",
    ),
    "no such property": (
        "steps",
        "      - if: event.«nmae\n        then: [email: a/b]\n",
        "if_1",
        "'event' has no 'nmae': expected cart_token, checkout_id,",
    ),
    "later step": ("steps", "      - «tier: gold\n", "1", "'tier' is not available in this version"),
    "split of one way": (
        "steps",
        "      - «split: {gift: {share: 100%}}\n",
        "split_1",
        "split: expected two ways or more, as gift: {share: 50%, steps: [...]}, found a mapping",
    ),
    "split as a word": ("steps", "      - «split: gift\n", "split_1", "expected two ways or more"),
    "share without its sign": (
        "steps",
        "      - split: {a: {share: «50}, b: {share: 50%}}\n",
        "split_1",
        "expected a share like 50%, found '50'; did you mean '50%'?",
    ),
    "share of nobody": (
        "steps",
        "      - split: {a: {share: «0%}, b: {share: 100%}}\n",
        "split_1",
        "like 50%, found '0%'",
    ),
    "no share": ("steps", "      - split: {«a: {}, b: {share: 100%}}\n", "split_1", "the way 'a' needs 'share'"),
    "shares of no whole": (
        "steps",
        "      - «split: {a: {share: 50%}, b: {share: 40.5%}}\n",
        "split_1",
        "the shares of a split are 100% together, and these are 90.5%",
    ),
    "word of a way": (
        "steps",
        "      - split: {a: {share: 50%, «step: [wait: 1 day]}, b: {share: 50%}}\n",
        "split_1",
        "the way 'a' has no word 'step'; did you mean 'steps'?",
    ),
    "inside a way": (
        "steps",
        "      - split: {a: {share: 50%, steps: [wait: «1 dya]}, b: {share: 50%}}\n",
        "wait_1",
        "did you mean '1 day'?",
    ),
    "name of a way": (
        "steps",
        "      - split: {«A b: {share: 50%}, b: {share: 50%}}\n",
        "split_1",
        "expected an id of small letters",
    ),
    "behind a leave": (
        "steps",
        "      - leave: enough\n      - «wait: 1 day\n",
        None,
        "no step after this 'leave' is ever reached: it goes last, or has an 'if' beside it",
    ),
    "leave without a reason": ("steps", "      - «leave:\n", "leave_1", "expected a text, found nothing"),
    "leave of many words": ("steps", f"      - leave: «{'x' * 101}\n", "leave_1", "at most 100 characters"),
    "repeat without its rest": (
        "steps",
        "      - repeat: «{times: 3}\n        steps: [wait: 1 day]\n",
        "repeat_1",
        "every",
    ),
    "repeat of nothing": (
        "steps",
        "      - «repeat: {times: 3, every: 1 day}\n",
        "repeat_1",
        "a step 'repeat' needs 'steps'",
    ),
    "times of a word": (
        "steps",
        "      - repeat: {times: «twice, every: 1 day}\n        steps: [wait: 1 day]\n",
        "repeat_1",
        "expected a number of rounds from 2 to 100, found 'twice'",
    ),
    "repeat inside of a repeat": (
        "steps",
        "      - repeat: {times: 2, every: 1 day}\n        steps:\n"
        "          - «repeat: {times: 2, every: 1 day}\n            steps: [wait: 1 day]\n",
        "repeat_2",
        "a 'repeat' inside of another is not read",
    ),
    "until that is cut": (
        "steps",
        "      - repeat: {times: 2, every: 1 day, until: «did('Order Completed', within='1 day')}\n"
        "        steps: [wait: 1 day]\n",
        "repeat_1",
        "goes on its own line: write 'until: <condition>'",
    ),
    "journey, misspelt": (
        "steps",
        "      - journey: «frist\n",
        "journey_1",
        "there is no journey 'frist'; did you mean 'first'?",
    ),
    "journey that starts itself": (
        "steps",
        "      - wait: 1 day\n      - journey: «first\n",
        "journey_1",
        "a journey that starts itself in a circle never ends: first → first",
    ),
    "later points": ("steps", "      - «points: 50\n", "1", "'points' is not available in this version"),
    "tags in one": ("steps", "      - tag: «vip, new\n", "tag_1", "without ',': write several as [one, two]"),
    "no tags": ("steps", "      - untag: «[]\n", "untag_1", "expected a tag or a list of tags, found an empty list"),
    "tag that is none": ("steps", "      - tag: [vip, «{a: b}]\n", "tag_1", "expected a text, found a mapping"),
    "set of nothing": (
        "steps",
        "      - «set: vip\n",
        "set_1",
        "set: expected fields of the customer, as {traits.colour: green}, found 'vip'",
    ),
    "field, misspelt": ("steps", "      - set: {«frist_name: Mei}\n", "set_1", "did you mean 'first_name'?"),
    "field of one's own": (
        "steps",
        "      - set: {«Favourite Tea: oolong}\n",
        "set_1",
        "a customer has no field 'Favourite Tea' that can be set; one of your own is written 'traits.favourite_tea'",
    ),
    "field that is an identity": ("steps", "      - set: {«email: a@b.example}\n", "set_1", "has no field 'email'"),
    "zone to be set": ("steps", "      - set: {timezone: «Berlin}\n", "set_1", "; did you mean 'Europe/Berlin'?"),
    "locale to be set": ("steps", "      - set: {locale: «enCA}\n", "set_1", "did you mean 'en-CA'?"),
    "value to be looked up": (
        "steps",
        '      - set: {traits.last: "{{ event.«ordr_id }}"}\n',
        "set_1",
        "'event' has no 'ordr_id'; did you mean 'order_id'?",
    ),
    "value that is a list": ("steps", "      - set: {traits.last: «[a]}\n", "set_1", "expected a text, found a list"),
    "word alone": ("steps", "      - «wait\n", "1", "expected a step like 'wait: 1 day', found 'wait'"),
    "two deeds": ("steps", "      - email: a/b\n        «sms: a/c\n", "b", "'sms' begins a step of its own"),
    "unknown word": ("steps", "      - email: a/b\n        «purpse: service\n", "b", "did you mean 'purpose'?"),
    "word of another step": ("steps", "      - wait: 1 day\n        «topic: x\n", "wait_1", "has no word 'topic'"),
    "coupon": ("steps", "      - email: a/b\n        «coupon: {}\n", "b", "'coupon' is not available in this version"),
    "purpose": ("steps", "      - sms: a/b\n        purpose: «servise\n", "b", "did you mean 'service'?"),
    "template": ("steps", "      - email: «../b\n", "b", "expected a template like welcome/hello, found '../b'"),
    "template that is not there": (
        "steps",
        "      - email: «a/none\n        id: x\n",
        "x",
        "there is no template 'a/none' below templates/email/",
    ),
    "wait of nothing": ("steps", "      - wait: «0 days\n", "wait_1", "expected a span between 1 and 100000 days"),
    "wait's unit": (
        "steps",
        "      - wait: 1 day\n      - wait: «2 dais\n",
        "wait_2",
        "expected a span like '45 minutes'",
    ),
    "time of day": ("steps", '      - wait_until: «"9:00"\n', "wait_until_1", 'expected a time of day like "09:30"'),
}


test_a_mistake_in_a_step_is_found_in_its_place = found_in_their_places(STEP_MISTAKES)
