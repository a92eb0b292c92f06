"""Just enough GraphQL for the sandbox: reads a document and answers with exactly the fields it asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(r'[\s,]+|#[^\n]*|("(?:[^"\\]|\\.)*")|(\.\.\.)|([A-Za-z_]\w*)|(-?\d+(?:\.\d+)?)|([{}()\[\]:!=@$|&])')


class BadDocument(Exception):
    """What Shopify would say in `errors`; `code` as in its extensions."""

    def __init__(self, words: str, code: str = "BAD_REQUEST") -> None:
        super().__init__(words)
        self.code = code


@dataclass(slots=True)
class Selection:
    """One field, or with `on` an inline fragment, or with `spread` a named one."""

    name: str = ""
    args: dict[str, Any] = field(default_factory=dict)
    directives: dict[str, dict[str, Any]] = field(default_factory=dict)
    fields: list[Selection] = field(default_factory=list)
    on: str = ""
    spread: str = ""


@dataclass(slots=True)
class Document:
    kind: str = "query"
    name: str = ""
    fields: list[Selection] = field(default_factory=list)
    fragments: dict[str, Selection] = field(default_factory=dict)
    objects: int = 0

    def answer(self, selections: list[Selection], value: Any) -> Any:
        """Projects `value`, whose callables are resolvers of arguments. Counts the objects it hands out."""
        if isinstance(value, list | tuple):
            return [self.answer(selections, entry) for entry in value]
        if value is None or not selections:
            return value
        self.objects += 1
        found: dict[str, Any] = {}
        for selection in selections:
            if selection.spread:
                found |= self.answer(self.fragments[selection.spread].fields, value)
            elif selection.on:
                found |= self.answer(selection.fields, value) if value.get("__typename") == selection.on else {}
            else:
                found[selection.name] = self.answer(selection.fields, self._resolve(selection, value))
        return found

    def _resolve(self, selection: Selection, value: Mapping[str, Any]) -> Any:
        if selection.name not in value:
            raise BadDocument(f"Field '{selection.name}' doesn't exist here", "undefinedField")
        raw = value[selection.name]
        return raw(selection) if callable(raw) else raw


def read(text: str, variables: Mapping[str, Any]) -> Document:
    """Raises BadDocument."""
    try:
        return _Reader(_tokens(text), variables).document()
    except (IndexError, KeyError) as error:
        raise BadDocument(f"syntax error near {error}", "PARSE_ERROR") from error


def _tokens(text: str) -> list[str]:
    found, position = [], 0
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise BadDocument(f"syntax error at {text[position : position + 20]!r}", "PARSE_ERROR")
        position = match.end()
        token = next((group for group in match.groups() if group is not None), "")
        if token:
            found.append(token)
    return found


class _Reader:
    def __init__(self, tokens: list[str], variables: Mapping[str, Any]) -> None:
        self.tokens = tokens
        self.position = 0
        self.variables = variables

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self, expected: str = "") -> str:
        token = self.tokens[self.position]
        if expected and token != expected:
            raise BadDocument(f"syntax error: {expected!r} expected, {token!r} found", "PARSE_ERROR")
        self.position += 1
        return token

    def document(self) -> Document:
        made = Document()
        while self.peek():
            word = self.take() if self.peek() != "{" else "query"
            if word == "fragment":
                name = self.take()
                self.take("on")
                made.fragments[name] = Selection(on=self.take(), fields=self.fields())
            else:
                made.kind = word
                made.name = self.take() if self.peek() not in ("{", "(") else ""
                self.variable_definitions()
                made.fields = self.fields()
        return made

    def variable_definitions(self) -> None:
        """A required variable must be given."""
        if self.peek() != "(":
            return
        self.take()
        while self.peek() != ")":
            self.take("$")
            name = self.take()
            self.take(":")
            last = ""
            while self.peek() not in ("$", ")"):
                last = self.take()
            if last == "!" and self.variables.get(name) is None:
                raise BadDocument(f"Variable ${name} was provided invalid value", "INVALID_VARIABLE")
        self.take(")")

    def fields(self) -> list[Selection]:
        self.take("{")
        found = []
        while self.peek() != "}":
            found.append(self.selection())
        self.take("}")
        return found

    def selection(self) -> Selection:
        if self.peek() == "...":
            self.take()
            if self.peek() == "on":
                self.take()
                return Selection(on=self.take(), fields=self.fields())
            return Selection(spread=self.take())
        made = Selection(name=self.take())
        made.args = self.arguments()
        while self.peek() == "@":
            self.take()
            directive = self.take()
            made.directives[directive] = self.arguments()
        if self.peek() == "{":
            made.fields = self.fields()
        return made

    def arguments(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if self.peek() == "(":
            self.take()
            while self.peek() != ")":
                name = self.take()
                self.take(":")
                found[name] = self.value()
            self.take(")")
        return found

    def value(self) -> Any:
        token = self.take()
        if token == "$":
            return self.variables.get(self.take())
        if token == "[":
            found = []
            while self.peek() != "]":
                found.append(self.value())
            self.take("]")
            return found
        if token.startswith('"'):
            return token[1:-1]
        if token.lstrip("-").isdigit():
            return int(token)
        return {"null": None, "true": True, "false": False}.get(token, token)
