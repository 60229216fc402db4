"""How is a life written down? As a scenario file that walks the same, for whoever is to see what went wrong."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any, assert_never

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import DoubleQuotedScalarString as Quoted

from regulars.journeys.channels import TRAITS_OF
from regulars.scenarios.life import Life
from regulars.simulate.load_profile import TRAITS
from regulars.simulate.scenario import Happens, Known, Profile, Reaction, Spoken, Told, Word

Row = dict[str, Any]
_AS_ARE = frozenset(TRAITS) - {"traits"}


def scenario_text(life: Life, journey: str, name: str, said: str) -> str:
    """A scenario file in which the rules of the house are expected to hold. `said`: its first line."""
    scenario: Row = {
        "name": Quoted(name),
        "journey": journey,
        "from": _at(life.start),
        "days": life.days,
        "customer": _profile(life.profile),
        "script": [_line(one) for one in life.script.happens],
        "expect": {"invariants": "hold"},
    }
    document = CommentedMap({"scenarios": [scenario]})
    document.yaml_set_start_comment(" ".join(said.split()))
    out, yaml = io.StringIO(), YAML()
    yaml.width = 1_000  # a line of a script is a line
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.dump(document, out)
    return out.getvalue()


def _profile(profile: Profile) -> Row:
    person = profile.person
    found: Row = {"id": Quoted(profile.id)}
    for name in ("email", "phone", "first_name", "last_name", "country", "province", "timezone", "locale"):
        value = getattr(person, name)
        if value is not None:
            found[name] = Quoted(value)
    if person.tags:
        found["tags"] = list(person.tags)
    if person.traits:
        found["traits"] = {key: _value(value) for key, value in person.traits}
    found["since"] = _at(profile.created_at)
    if profile.consents:
        found["consents"] = [
            _flow({"channel": one.channel, "given" if one.granted else "withdrawn": _at(one.occurred_at)})
            for one in profile.consents
        ]
    if profile.past:
        found["events"] = [_flow({"at": _at(at), **_told(told)}) for at, told in profile.past]
    return found


def _line(one: Happens) -> Row:
    when: Row = {"at": _at(one.when.at)} if one.when.at else {}
    when |= {"after": str(one.when.after)} if one.when.after else {}
    when |= {"at": Quoted(one.when.clock)} if one.when.clock else {}
    match one.what:
        case Told():
            return _flow(when | _told(one.what))
        case Word():
            return _flow(when | {"consent": _flow({"channel": one.what.channel, "given": one.what.granted})})
        case Known():
            return _flow(when | {"profile": _known(one.what.traits)})
        case Reaction():
            return _flow(when | _reaction(one.what))
        case Spoken():
            said = {"properties": _flow({"text": Quoted(one.what.text)})} if one.what.text else {}
            return _flow(when | {"event": TRAITS_OF[one.what.channel].event(one.what.kind)} | said)
        case _:
            assert_never(one.what)


def _reaction(what: Reaction) -> Row:
    found: Row = {"event": TRAITS_OF[what.channel].event(what.kind), "of": f"{what.journey}.{what.step}"}
    said = {name: Quoted(value) for name, value in (("url", what.url), ("text", what.text)) if value}
    return found | ({"properties": _flow(said)} if said else {})


def _known(traits: Row) -> Row:
    found: Row = {name: _value(value) for name, value in traits.items() if name in _AS_ARE and value is not None}
    address = traits.get("address") or {}
    found |= {name: Quoted(value) for name, value in address.items() if value}
    own = {name: _value(value) for name, value in traits.items() if name not in _AS_ARE and name != "address"}
    return _flow(found | ({"traits": _flow(own)} if own else {}))


def _told(told: Told) -> Row:
    found: Row = {"event": told.name}
    return found | ({"properties": _value(told.properties)} if told.properties else {})


def _value(value: Any) -> Any:
    """With quotes around every text: none of them turns into something else."""
    if isinstance(value, str):
        return Quoted(value)
    if isinstance(value, dict):
        return _flow({name: _value(one) for name, one in value.items()})
    if isinstance(value, list | tuple):
        return [_value(one) for one in value]
    return value


def _flow(row: Row) -> CommentedMap:
    """On one line."""
    found = CommentedMap(row)
    found.fa.set_flow_style()
    return found


def _at(at: datetime) -> str:
    written: str = Quoted(at.isoformat())
    return written
