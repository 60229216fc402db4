"""What is checked in the tests of the checks? A small shop in which nothing is wrong, and files that differ from it."""

from __future__ import annotations

from pathlib import Path

from regulars.checks.finding import Finding
from regulars.checks.run import Checked, check

Files = dict[str, str]
Pair = tuple[Files, Files]  # what provokes a finding, and what just does not

HOUSE = """\
house:
  name: Shop
  website: https://shop.example
  timezone: Europe/Berlin
  locale: en-IE
  currency: EUR
  postal_address: Ring 1, Dublin
  email_from: Shop <hello@shop.example>
  sms_from: SHOP
"""
START = "{event: Order Completed, again: never}"
STEPS = "      - email: a/hello\n"
LAYOUT = """\
<mjml><mj-body><mj-section><mj-column>
{% block body %}{% endblock %}
<mj-text>{{ shop.name }}, {{ shop.postal_address }} <a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>
</mj-column></mj-section></mj-body></mjml>
"""


def mail(body: str = "<mj-text>Hello</mj-text>", subject: str = "Hello") -> str:
    """A mail in the layout of the shop."""
    return (
        f'---\nsubject: {subject}\n---\n{{% extends "_layout.mjml" %}}\n{{% block body %}}\n{body}\n{{% endblock %}}\n'
    )


TEMPLATES: Files = {
    "templates/email/_layout.mjml": LAYOUT,
    "templates/email/a/hello.en.mjml": mail(),
    "templates/email/a/more.en.mjml": mail(),
    "templates/sms/a/text.en.txt": "Hello from the shop. Reply STOP to opt out\n",
}
SEGMENTS = "segments:\n  vip: {where: customer.orders >= 3}\n"


def journeys(
    *, house: str = "", start: str = START, says: str = "", steps: str = STEPS, more: str = "", named: str = "first"
) -> Files:
    """A journeys file of one journey, and `more` of them."""
    text = f"{HOUSE}{house}journeys:\n  {named}:\n    start: {start}\n{says}    steps:\n{steps}{more}"
    return {"journeys.yaml": text}


def steps(text: str, **other: str) -> Files:
    """A journey of these steps, indented as they are."""
    return journeys(steps="".join(f"      {line}\n" for line in text.splitlines()), **other)


def wait_for(happening: str, **other: str) -> Files:
    """A journey that sends a mail and waits."""
    return steps(f"- email: a/hello\n- wait_for: {happening}", **other)


def second(start: str, text: str = "      - email: a/more\n", name: str = "second") -> str:
    """One journey more, for the end of a journeys file."""
    return f"  {name}:\n    start: {start}\n    steps:\n{text}"


def template(text: str, path: str = "email/a/hello.en.mjml") -> Files:
    return {f"templates/{path}": text}


def checked(folder: Path, files: Files) -> tuple[Checked, dict[str, tuple[int, int]]]:
    """What is found in the shop with these files in it; and where a `«` stands, by file, which is taken out."""
    marks: dict[str, tuple[int, int]] = {}
    for path, text in {**journeys(), **TEMPLATES, "segments.yaml": SEGMENTS, **files}.items():
        before, mark, after = text.partition("«")
        if mark:
            marks[path] = before.count("\n") + 1, len(before) - before.rfind("\n")
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(before + after, "utf-8")
    found = [path for path in ("journeys.yaml", "more.yaml") if (folder / path).exists()]
    return check([(folder / path, folder / "templates") for path in found]), marks


def places(folder: Path, findings: list[Finding]) -> list[tuple[str, int, int]]:
    """Where findings stand, by file as it is called in the folder."""
    return [(str(Path(one.file).relative_to(folder)), one.line, one.column) for one in findings]
