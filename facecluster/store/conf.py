"""Settings out of their defaults, a file, the environment and the flags; a mistake is a sentence that names its source.

Later sources win key by key. All unknown names are reported together, then all unfit values, one a line. Nothing is
coerced: text is not a number, and a number is not a yes.
"""

import difflib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from pydantic import ValidationError

from facecluster.errors import UsageError
from facecluster.settings import Section, Settings

ENVIRONMENT_PREFIX = "FACECLUSTER_"
SECTION_SEPARATOR = "__"
"""FACECLUSTER_RUNNER__WORKERS sets runner.workers; one without it, such as FACECLUSTER_LIBRARY, is no setting."""

_EXPECTED = {
    "bool_type": "true or false",
    "float_type": "a number",
    "finite_number": "a finite number",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "int_type": "a whole number",
    "less_than": "less than {lt:g}",
    "less_than_equal": "at most {le:g}",
    "literal_error": "{expected}",
    "string_type": "text",
    "tuple_type": 'a list such as ["one", "two"]',
}
"""What was expected, in the user's words, by pydantic's name for the error."""


class _Given(NamedTuple):
    """One value that somebody set, and where."""

    section: str
    key: str
    value: object
    source: str


class _Loader(yaml.SafeLoader):
    """YAML without code, in which 1e-3 is a number (YAML 1.1 wants 1.0e-3 and would read text)."""


_EXPONENT = re.compile(r"[-+]?\d+(\.\d*)?[eE][-+]?\d+$")
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _EXPONENT, list("-+0123456789"))


def load_settings(
    config: Path | None, environ: Mapping[str, str], overrides: Mapping[str, Mapping[str, object]]
) -> Settings:
    """The settings a command runs with: defaults < `config` < `environ` < `overrides`.

    Args:
        config: a YAML file of sections (conf/default.yaml shows all of them), or None.
        environ: FACECLUSTER_<SECTION>__<KEY>, each a YAML value; other variables are left alone.
        overrides: section -> key -> value for the flags that were given, and only those.

    Raises:
        UsageError: the file cannot be read, a key is unknown, or a value is of the wrong type, out of range or at odds
            with another.
    """
    given = [*_from_file(config), *_from_environment(environ), *_from_flags(overrides)]
    mistakes = [mistake for one in given if (mistake := _unknown_name(one))]
    if mistakes:
        raise UsageError("\n".join(mistakes))
    return _validated({(one.section, one.key): one for one in given})


def _from_file(config: Path | None) -> Iterator[_Given]:
    """The values of a YAML file, each with its line."""
    if config is None:
        return
    try:
        root = yaml.compose(config.read_text(encoding="utf-8-sig"), _Loader)
    except FileNotFoundError:
        raise UsageError(f"expected a settings file at {config}, found none: check --config") from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the settings file {config} cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise UsageError(f"the settings file {config} is not valid YAML: {_one_line(error)}") from error
    for section, line, keys in _entries(root, f"{config}"):
        for key, key_line, node in _entries(keys, f"{config}, line {line}: {section}"):
            source = f"{config}, line {key_line}"
            yield _Given(section, key, _plain(node, source), source)


def _entries(node: yaml.Node | None, source: str) -> Iterator[tuple[str, int, yaml.Node]]:
    """Name, line number and value of each entry of a mapping; nothing at all counts as an empty one."""
    if node is None or node.tag == "tag:yaml.org,2002:null":
        return
    if not isinstance(node, yaml.MappingNode):
        raise UsageError(f"{source}: expected `name: value` lines, found {_shown(_plain(node, source))}")
    lines: dict[str, int] = {}
    for name_node, value in node.value:
        name, line = str(name_node.value), name_node.start_mark.line + 1
        if name in lines:
            raise UsageError(f"{source}: {name} stands twice, on line {lines[name]} and on line {line}: keep one")
        lines[name] = line
        yield name, line, value


def _plain(node: yaml.Node, source: str) -> Any:
    """The Python value of a YAML node."""
    loader = _Loader("")
    try:
        return loader.construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        raise UsageError(f"{source}: not a valid YAML value: {_one_line(error)}") from error
    finally:
        loader.dispose()


def _from_environment(environ: Mapping[str, str]) -> Iterator[_Given]:
    """The values of FACECLUSTER_<SECTION>__<KEY> variables, in the order of their names."""
    for name in sorted(environ):
        setting = name.removeprefix(ENVIRONMENT_PREFIX)
        if setting == name or SECTION_SEPARATOR not in setting:
            continue
        section, _, key = setting.lower().partition(SECTION_SEPARATOR)
        source = f"environment variable {name}"
        try:
            value = yaml.load(environ[name], _Loader)  # noqa: S506 - a SafeLoader
        except (yaml.YAMLError, ValueError) as error:
            raise UsageError(f"{source}: not a valid YAML value, are quotes missing? {_one_line(error)}") from error
        yield _Given(section, key, value, source)


def _from_flags(overrides: Mapping[str, Mapping[str, object]]) -> Iterator[_Given]:
    """The values of the flags."""
    for section, keys in overrides.items():
        for key, value in keys.items():
            yield _Given(section, key, value, "command line")


def _unknown_name(one: _Given) -> str | None:
    """What is wrong with a section's or key's name, or None."""
    sections = Settings.model_fields
    if one.section not in sections:
        return f"{one.source}: unknown section {one.section}; {_nearest(one.section, sections)}"
    keys = _section_type(one.section).model_fields
    if one.key not in keys:
        return f"{one.source}: unknown key {one.section}.{one.key}; {_nearest(one.key, keys)}"
    return None


def _nearest(name: str, known: Collection[str]) -> str:
    """The known name that was probably meant, or all of them."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"expected one of {', '.join(known)}"


def _section_type(section: str) -> type[Section]:
    """The class of a section."""
    annotation = Settings.model_fields[section].annotation
    assert isinstance(annotation, type)
    assert issubclass(annotation, Section)
    return annotation


def _validated(chosen: Mapping[tuple[str, str], _Given]) -> Settings:
    """Settings of the values that won, or all that is wrong with them."""
    sections: dict[str, dict[str, object]] = {}
    for (section, key), one in chosen.items():
        value = tuple(one.value) if isinstance(one.value, list) else one.value
        sections.setdefault(section, {})[key] = value
    try:
        return Settings.model_validate(sections, strict=True)
    except ValidationError as error:
        raise UsageError("\n".join(_sentence(details, chosen) for details in error.errors())) from error


def _sentence(details: Mapping[str, Any], chosen: Mapping[tuple[str, str], _Given]) -> str:
    """Pydantic's finding as source, key, what was expected and what was found."""
    section, *rest = map(str, details["loc"])
    context = details.get("ctx", {})
    if not rest:
        set_here = "; ".join(f"{s}.{key}: {one.source}" for (s, key), one in chosen.items() if s == section)
        return f"{context.get('error', details['msg'])} ({set_here})"
    key, *index = rest
    place = f"{section}.{key}{''.join(f'[{i}]' for i in index)}"
    expected = _EXPECTED.get(details["type"], str(details["msg"])).format(**context)
    return f"{chosen[section, key].source}: {place}: expected {expected}, found {_shown(details['input'])}"


def _shown(value: object) -> str:
    """A value as the user would write it."""
    if value is None:
        return "nothing"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (str, bool)) else str(value)


def _one_line(error: Exception) -> str:
    """A parser's message without its line breaks."""
    return " ".join(str(error).split())
