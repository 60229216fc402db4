"""How does a CI system read it? JUnit's XML: a suite for each file, a case for each scenario.

The dialect that Jenkins, GitLab and GitHub's actions read: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from regulars.journeys.mistakes import Mistake
from regulars.scenarios.run import Result
from regulars.scenarios.shown import told

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML 1.0 may not hold


def junit(results: Sequence[Result], wrong: Iterable[Mistake] = ()) -> str:
    """The document. `wrong`: mistakes that kept scenarios from running, each an error of its file."""
    top = Element("testsuites", name="regulars")
    for file, some in groupby(results, key=lambda one: one.scenario.file):
        mine = list(some)
        suite = _suite(top, file, len(mine), failures=sum(bool(one.failures) for one in mine))
        for one in mine:
            case = _case(suite, one.scenario.name, one.scenario.journey, file, one.scenario.line)
            if one.failures:
                first = one.failures[0]
                failure = SubElement(case, "failure", message=_fit(first.expected), type="expectation")
                failure.text = _fit("\n".join(map(told, one.failures)))
    for file, found in groupby(wrong, key=lambda one: one.file):
        mistakes = list(found)
        suite = _suite(top, file, len(mistakes), errors=len(mistakes))
        for mistake in mistakes:
            case = _case(suite, f"line {mistake.line}", "mistake", file, mistake.line)
            SubElement(case, "error", message=_fit(mistake.message), type="mistake").text = _fit(str(mistake))
    for name in ("tests", "failures", "errors"):
        top.set(name, str(sum(int(suite.get(name, "0")) for suite in top)))
    ElementTree.indent(top)
    return ElementTree.tostring(top, encoding="unicode", xml_declaration=True) + "\n"


def _suite(top: Element, file: str, tests: int, *, failures: int = 0, errors: int = 0) -> Element:
    counts = {"tests": str(tests), "failures": str(failures), "errors": str(errors)}
    return SubElement(top, "testsuite", {"name": file, **counts})


def _case(suite: Element, name: str, classname: str, file: str, line: int) -> Element:
    return SubElement(suite, "testcase", name=_fit(name), classname=classname, file=file, line=str(line))


def _fit(text: str) -> str:
    return _UNFIT.sub("�", text)
