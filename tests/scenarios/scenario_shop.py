"""On what do the tests of scenarios stand? The house as shipped, or with a few words of its file changed."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from regulars.delivery import book as books
from regulars.scenarios.load import scenarios_of
from regulars.scenarios.run import Result, run
from regulars.scenarios.scenario import Scenario
from regulars.simulate.load_script import names_of
from regulars.simulate.shop import Shop

ROOT = Path(__file__).parents[2]
Edit = tuple[str, str]
HEAD = """\
journey: abandoned_cart
from: "2026-03-02"
days: 6
customer:
  email: ana@example.com
  phone: "+14155550123"
  first_name: Ana
  country: US
  province: CA
  timezone: America/Los_Angeles
  since: "2026-01-05T10:00:00-08:00"
  consents:
    - {channel: email, given: "2026-01-05T10:00:00-08:00"}
    - {channel: sms, given: "2026-01-05T10:00:00-08:00"}
script:
  - {at: "12:00", event: Checkout Started, properties: {checkout_id: C-1, products: [{name: Sencha, price: "20.00"}]}}
scenarios:
  - name: one
    expect:
"""
FIRST = len(HEAD.splitlines()) + 1  # the line at which expectations begin


@cache
def shop(*edits: Edit) -> Shop:
    """As shipped, with texts of journeys.yaml replaced. Each has to be there."""
    text = (ROOT / "journeys.yaml").read_text("utf-8")
    for before, after in edits:
        assert before in text, before
        text = text.replace(before, after)
    with TemporaryDirectory(prefix="regulars-scenarios-") as folder:
        file = Path(folder) / "journeys.yaml"
        file.write_text(text, "utf-8")
        (Path(folder) / "segments.yaml").write_text((ROOT / "segments.yaml").read_text("utf-8"), "utf-8")
        return Shop.of(*books.read(file, ROOT / "templates"))


def loaded(text: str, where: Shop | None = None, path: Path = Path("cart.yaml")) -> tuple[Scenario, ...]:
    on = where or shop()
    return scenarios_of(text, path, on, names_of(on))


def expecting(lines: str, head: str = HEAD) -> Result:
    """The scenario of HEAD with these lines below `expect`."""
    below = "".join(f"      {line}\n" for line in lines.splitlines())
    return run(loaded(head + below)[0], shop())
