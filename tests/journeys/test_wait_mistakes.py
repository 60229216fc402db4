"""Is every mistake in a wait, in a branch or in what a step is called found in its place?"""

from __future__ import annotations

from mistake_cases import Case, found_in_their_places

WAIT_MISTAKES: dict[str, Case] = {
    "weekday": (
        "steps",
        '      - wait_until: {at: "09:00", days: [«mondy]}\n',
        "wait_until_1",
        "found 'mondy'; did you mean 'monday'?",
    ),
    "weekday twice": (
        "steps",
        '      - wait_until: {at: "09:00", days: «[monday, monday]}\n',
        "wait_until_1",
        "a day stands twice",
    ),
    "best hour without its hour": (
        "steps",
        "      - wait_until: {«best_hour: email}\n",
        "wait_until_1",
        "best_hour needs 'at': the hour for customers of whom too little is known",
    ),
    "best hour of another channel": (
        "steps",
        '      - wait_until: {best_hour: «sms, at: "10:00"}\n',
        "wait_until_1",
        "expected one of email, found 'sms'",
    ),
    "date by an unknown name": (
        "steps",
        "      - wait_until: {date: customer.«birthdy}\n",
        "wait_until_1",
        "'customer' has no 'birthdy'",
    ),
    "day that is none": (
        "steps",
        '      - wait_until: {date: «"2027-02-29"}\n',
        "wait_until_1",
        "there is no day 2027-02-29",
    ),
    "days of a date": (
        "steps",
        "      - wait_until: {date: customer.created_at, «days: [monday]}\n",
        "wait_until_1",
        "'days' and 'date' do not go together",
    ),
    "before and after": (
        "steps",
        "      - wait_until: {date: customer.created_at, minus: 1 day, «plus: 2 days}\n",
        "wait_until_1",
        "'minus' or 'plus', not both",
    ),
    "before nothing": (
        "steps",
        '      - wait_until: {at: "10:00", «minus: 1 day}\n',
        "wait_until_1",
        "'minus' needs 'date': before or after what?",
    ),
    "neither date nor hour": (
        "steps",
        "      - wait_until: «{days: [monday]}\n",
        "wait_until_1",
        "wait_until needs 'at'",
    ),
    "otherwise of a time of day": (
        "steps",
        '      - wait_until: "10:00"\n        «otherwise: [email: a/b]\n',
        "wait_until_1",
        "'otherwise' is for a 'date', which can be missing or past; a time of day comes",
    ),
    "of a later message": (
        "steps",
        "      - wait_for: {event: Email Clicked, of: «b, within: 1 day}\n      - email: a/b\n",
        "wait_for_1",
        "'b' is no earlier message",
    ),
    "of a message of another branch": (
        "steps",
        "      - if: customer.phone\n        then: [email: a/b]\n"
        "        else: [wait_for: {event: Email Clicked, of: «b, within: 1 day}]\n",
        "wait_for_1",
        "'b' is no earlier message",
    ),
    "of, misspelt": (
        "steps",
        "      - email: a/offer\n      - wait_for: {event: Email Clicked, of: «ofer, within: 1 day}\n",
        "wait_for_1",
        "'ofer' is no earlier message; did you mean 'offer'?",
    ),
    "of another channel": (
        "steps",
        "      - sms: a/b\n      - wait_for: {event: Email Clicked, of: «b, within: 1 day}\n",
        "wait_for_1",
        "Email Clicked is told of 'email' steps, and 'b' is one of 'sms'",
    ),
    "of without a message": (
        "steps",
        "      - sms: a/b\n      - wait_for: {event: Order Paid, of: «b, within: 1 day}\n",
        "wait_for_1",
        "Order Paid is not about a message",
    ),
    "wait_for without within": ("steps", "      - wait_for: «{event: Order Paid}\n", "wait_for_1", "needs 'within'"),
    "branch without steps": (
        "steps",
        "      - if: customer.phone\n        then: «[]\n",
        "if_1",
        "then: expected a list of",
    ),
    "if alone": ("steps", "      - «if: customer.phone\n", "if_1", "'if' alone does nothing"),
    "else beside wait_for": (
        "steps",
        "      - wait_for: {event: Order Paid, within: 1 day}\n        «else: [wait: 1 day]\n",
        "wait_for_1",
        "a step 'wait_for' has no word 'else'",
    ),
    "condition's name": (
        "steps",
        "      - email: a/b\n        if: customer.«fist_name\n",
        "b",
        "'customer' has no 'fist_name'; did you mean 'first_name'?",
    ),
    "name that is heard only later": (
        "steps",
        "      - wait: 1 day\n        if: «wait_for_1.url\n      - wait_for: {event: Email Clicked, within: 1 day}\n",
        "wait_1",
        "unknown name 'wait_for_1'",
    ),
    "name that is heard on the other way": (
        "steps",
        "      - wait_for: {event: Email Clicked, within: 1 day}\n        id: click\n"
        "        otherwise:\n          - wait: 1 day\n            if: «click.url\n",
        "wait_1",
        "unknown name 'click'",
    ),
    "what is heard": (
        "steps",
        "      - wait_for: {event: Email Clicked, within: 1 day}\n        id: click\n"
        "      - wait: 1 day\n        if: click.«ulr\n",
        "wait_1",
        "'click' has no 'ulr'; did you mean 'url'?",
    ),
    "id given twice": (
        "steps",
        "      - email: a/b\n      - sms: «c/b\n",
        "b",
        "there is a step 'b' in line 13 already: give one of them another 'id'",
    ),
    "id of a taken name": ("steps", "      - wait: 1 day\n        id: «customer\n", "customer", "that name is taken"),
    "id": ("steps", "      - wait: 1 day\n        id: «A b\n", "wait_1", "expected an id of small letters"),
    "was, of another step": (
        "steps",
        "      - email: a/b\n      - email: a/c\n        «was: b\n",
        "c",
        "the step 'b' in line 13 is or was called 'b'",
    ),
}


test_a_mistake_in_a_wait_a_branch_or_an_id_is_found_in_its_place = found_in_their_places(WAIT_MISTAKES)
