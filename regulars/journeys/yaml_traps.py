"""Where does YAML lead an author astray, and how is it written instead?"""

from __future__ import annotations

import re

CONDITION_WORDS = ("where", "while", "if", "until")

# What the core schema of YAML 1.2 and the types of YAML 1.1 (yaml.org/type) read differently when it stands unquoted.
_WORD = re.compile(r"on|off|yes|no|y|n", re.IGNORECASE)
_NUMBERS = (
    (re.compile(r"[-+]?\d[\d_]*(:\d+)+(\.[\d_]*)?"), "a number to the base 60"),
    (re.compile(r"\d{4}-\d\d?-\d\d?([Tt\s].*)?"), "a date"),
    (re.compile(r"[-+]?0[\d_]+"), "an octal number"),
    (re.compile(r"[-+]?0(b[01_]+|o[0-7]+|x[\da-fA-F_]+)"), "a number to another base"),
    (re.compile(r"[-+]?\d+_[\d_]*(\.[\d_]*)?|[-+]?(\d+\.?\d*|\.\d+)[eE]\d+"), "another number, or as text"),
    (re.compile(r"=|<<"), "a sign of its own"),
)


def trap(value: str) -> str | None:
    """What is wrong with the unquoted `value`, which YAML 1.1 reads otherwise than 1.2; None when both agree."""
    if _WORD.fullmatch(value):
        return f'{value} is read as true or false by some: write "{value}" for the word, or true or false'
    for pattern, what in _NUMBERS:
        if pattern.fullmatch(value):
            return f'{value} is read as {what} by some: write "{value}"'
    return None


def is_cut(condition: str) -> bool:
    """Whether a bracket or a quote is left open, as when YAML took a ',' inside of it for the end."""
    pairs = any(condition.count(left) != condition.count(right) for left, right in ("()", "[]", "{}"))
    return pairs or any(condition.count(quote) % 2 for quote in "'\"")


def own_line(word: str) -> str:
    """How to write a condition that breaks the braces it stands in."""
    how = f"write '{word}: <condition>' on a line of its own, without the braces around it"
    return f"inside {{...}} a condition with ',', '[' or '{{' goes on its own line: {how}"


def quoted_whole(word: str) -> str:
    """How to write a condition that begins with a quote or a bracket."""
    how = f"write {word}: '\"DE\" == customer.country'"
    return f"a condition that begins with a quote or a bracket is quoted whole: {how}"


def too_deep(word: str, column: int) -> str:
    """How to write a word that stands deeper than the one before it, whose value is complete."""
    return f"this line is indented too deep: what stands beside {word!r} begins in column {column}, as it does"


def explain(problem: str, word: str | None, broken_start: bool, flow: bool) -> str:
    """Say in a marketer's words why the file is not YAML.

    `word`: the key whose value was being read. `broken_start`: that value began with a quote or a bracket, so that YAML
    took it for ended. `flow`: it stands inside `{...}`.
    """
    if word in CONDITION_WORDS and broken_start:
        return quoted_whole(word)
    if word in CONDITION_WORDS and flow:
        return own_line(word)
    if "mapping values are not allowed" in problem:
        return "a second ': ' on one line: a text that holds ': ' is quoted whole, and a word's own words go below it"
    if "expected <block end>" in problem:
        return "this line fits nothing above it: words of one thing begin in the same column, and a quote is closed"
    if "'\\t'" in problem or "\t" in problem:
        return "a tab: lines are indented with spaces"
    if "end of stream" in problem:
        return "a quote, bracket or brace that is opened here is never closed"
    return f"not YAML: {problem}"
