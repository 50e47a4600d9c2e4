"""Which conflicting rules a configuration asks for: what the tool runs by default, less what the file takes out.

Forms: https://www.checkov.io/2.Basics/CLI%20Command%20Reference.html (config file), Prowler's own
prowler/config/checklist_example.json and aws_mutelist_example.yaml,
https://trivy.dev/docs/latest/configuration/filtering/, https://github.com/cdklabs/cdk-nag#suppressing-a-rule,
https://docs.aws.amazon.com/config/latest/developerguide/conformancepack-sample-templates.html,
https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_SecurityHubPolicy.html and
https://learn.microsoft.com/azure/governance/policy/concepts/assignment-structure.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from fnmatch import fnmatchcase
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from clover.errors import BadInput, Place
from clover.lint.azure_policy import azure_policy
from clover.lint.known import Rule, known
from clover.lint.reading import parse_configuration, read_configuration, read_ignored
from clover.sources.plain import as_list, as_object

SEVERITIES = ("UNKNOWN", "LOW", "MEDIUM", "HIGH", "CRITICAL")


class Asked(NamedTuple):
    """A conflicting rule that the configuration asks for, and through what, where it does not name the rule itself."""

    rule: Rule
    through: str = ""


def asked(path: Path) -> list[Asked]:
    """The conflicting rules that the file asks for; BadInput where it is no configuration of a tool that is known."""
    if path.name == ".trivyignore":
        return [Asked(rule) for rule in _trivy(read_ignored(path), SEVERITIES)]
    data = read_configuration(path)
    for reader in READERS:
        found = reader(path, data)
        if found is not None:
            return list(dict.fromkeys(found))
    raise BadInput(f"is no configuration of {', '.join(NAMES)}", Place(str(path)))


NAMES = ("Checkov", "Prowler", "Trivy", "cdk-nag", "an AWS Config conformance pack", "AWS Security Hub", "Azure Policy")
Reader = Callable[[Path, Any], Iterable[Asked] | None]
"""The rules of one tool, or None where the data is of another."""


def _texts(held: Any) -> list[str]:
    """A list of texts, or one text with commas."""
    if isinstance(held, str):
        return [part.strip() for part in held.split(",") if part.strip()]
    return [str(each) for each in as_list(held) or []]


def _fits(rule: Rule, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for name in rule.names for pattern in patterns)


CHECKOV = frozenset(
    {
        *("check", "skip-check", "framework", "skip-framework", "soft-fail", "soft-fail-on", "hard-fail-on"),
        *("external-checks-dir", "external-checks-git", "run-all-external-checks", "download-external-modules"),
        *("evaluate-variables", "bc-api-key", "directory", "repo-root-for-plan-enrichment", "deep-analysis"),
    }
)
"""Keys of a configuration that only Checkov's has."""


def _of_checkov(path: Path, data: Any) -> Iterable[Asked] | None:
    config = as_object(data)
    if config is None or not (CHECKOV & config.keys() or path.stem in (".checkov", "checkov")):
        return None
    wanted, skipped = (
        [each for each in _texts(config.get(name)) if each not in SEVERITIES] for name in ("check", "skip-check")
    )
    rules = [rule for rule in known().of("checkov") if not wanted or _fits(rule, wanted)]
    return [Asked(rule) for rule in rules if not _fits(rule, skipped)]


PROVIDERS = ("aws", "azure", "gcp", "kubernetes", "m365", "github")


def _of_prowler(_: Path, data: Any) -> Iterable[Asked] | None:
    config = as_object(data)
    if not config:
        return None
    rules = known().of("prowler")
    if "Mutelist" in config:
        muted = list(_muted(as_object(config["Mutelist"]) or {}))
        return [Asked(rule) for rule in rules if not _fits(rule, muted)]
    if (named := _named_by_prowler(config)) is not None:
        return [Asked(rule) for rule in rules if _fits(rule, named)]
    if all(name in PROVIDERS and as_object(held) is not None for name, held in config.items()):
        return [Asked(rule) for rule in rules if any(f"/providers/{name}/" in rule.source for name in config)]
    excluded = next((name for name in ("excluded_checks", "excluded-checks") if name in config), None)
    if "checks" in config or excluded:
        wanted, out = _texts(config.get("checks")), _texts(config.get(excluded or ""))
        return [Asked(rule) for rule in rules if (not wanted or _fits(rule, wanted)) and not _fits(rule, out)]
    return None


def _named_by_prowler(config: Mapping[str, Any]) -> list[str] | None:
    """The checks of a list by provider, or of a compliance framework; None for a file of another form."""
    if all(name in PROVIDERS and as_list(listed) is not None for name, listed in config.items()):
        return [one for listed in config.values() for one in _texts(listed)]
    if "Framework" in config and as_list(config.get("Requirements")) is not None:
        required = [as_object(each) or {} for each in as_list(config["Requirements"]) or []]
        return [one for each in required for one in _texts(each.get("Checks"))]
    return None


def _muted(listed: Mapping[str, Any]) -> Iterator[str]:
    """The checks that are muted everywhere; one that is muted for some accounts or resources still asks the others."""
    everywhere = as_object((as_object(listed.get("Accounts")) or {}).get("*")) or {}
    for check, scope in (as_object(everywhere.get("Checks")) or {}).items():
        limits = as_object(scope) or {}
        whole = all("*" in _texts(limits.get(name, ["*"])) for name in ("Regions", "Resources"))
        if whole and not limits.get("Tags") and not limits.get("Exceptions"):
            yield check


TRIVY = {"scan", "misconfiguration", "ignorefile", "ignore-policy", "severity", "vulnerability", "exit-code", "db"}


def _of_trivy(path: Path, data: Any) -> Iterable[Asked] | None:
    config = as_object(data)
    if config is None:
        return None
    if "misconfigurations" in config or path.stem == ".trivyignore":
        listed = [as_object(each) or {} for each in as_list(config.get("misconfigurations")) or []]
        ignored = [str(each.get("id")) for each in listed if not each.get("paths")]
        return [Asked(rule) for rule in _trivy(ignored, SEVERITIES)]
    if path.stem not in ("trivy", ".trivy") and not {"scan", "misconfiguration", "ignorefile"} & config.keys():
        return None
    if not TRIVY & config.keys():
        return None
    scan = as_object(config.get("scan")) or {}
    scanners = _texts(scan.get("scanners", scan.get("security-checks", ["misconfig"])))
    if not {"misconfig", "config"} & set(scanners):
        return []
    severities = [each.upper() for each in _texts(config.get("severity"))] or list(SEVERITIES)
    return [Asked(rule) for rule in _trivy(_ignored_beside(path, config), severities)]


def _ignored_beside(path: Path, config: Mapping[str, Any]) -> list[str]:
    """The ids of the file of ignored rules that the configuration names, or that lies beside it."""
    ignorefile = path.parent / str(config.get("ignorefile", ".trivyignore"))
    if ignorefile.suffix in (".yaml", ".yml") or not (ignorefile.is_file() or "ignorefile" in config):
        return []
    return read_ignored(ignorefile)


def _trivy(ignored: Iterable[str], severities: Iterable[str]) -> Iterator[Rule]:
    listed, wanted = list(ignored), set(severities)
    yield from (rule for rule in known().of("trivy") if rule.severity in wanted and not _fits(rule, listed))


def _of_cdk_nag(_: Path, data: Any) -> Iterable[Asked] | None:
    """Packs that are named anywhere, as in cdk.json, less what is suppressed; suppressions alone mean their pack."""
    rules, suppressed = known().of("cdk-nag"), list(_suppressed(data))
    named = set(_every_text(data)) & {*(rule.pack or "" for rule in rules), *OTHER_PACKS}
    named |= {rule.pack or "" for rule in rules if any(each.startswith(_prefix(rule)) for each in suppressed)}
    if not named and not suppressed:
        return None
    return [Asked(rule, f"pack {rule.pack}") for rule in rules if rule.pack in named and not _fits(rule, suppressed)]


OTHER_PACKS = ("AwsSolutionsChecks", "ServerlessChecks")
"""The packs without a conflicting rule."""

SUPPRESSIONS = ("suppressions", "rules_to_suppress")


def _suppressed(data: Any) -> Iterator[str]:
    """The ids of the rules that are suppressed, each with a reason; a template carries them beside its resources."""
    members = _containers(data, lambda each: (as_object(each) or {}).values())
    listed = (as_list((as_object(each) or {}).get(name)) or [] for each in members for name in SUPPRESSIONS)
    for entry in (as_object(each) or {} for each in chain(as_list(data) or [], *listed)):
        if "id" in entry and "reason" in entry:
            yield str(entry["id"])


def _every_text(data: Any) -> Iterator[str]:
    """Every text in the data, keys of objects included."""
    for each in _containers([data], lambda each: (*(as_object(each) or {}).values(), *(as_list(each) or []))):
        yield from (text for text in each if isinstance(text, str))
        yield from (text for text in (as_object(each) or {}).values() if isinstance(text, str))


def _containers(data: Any, inner: Callable[[Any], Iterable[Any]]) -> Iterator[Any]:
    """The objects and lists that `inner` leads to, each once: aliases of YAML repeat them, even within themselves."""
    waiting, seen = [data], set[int]()
    while waiting:
        held = as_object(each := waiting.pop()) or as_list(each)
        if held and id(held) not in seen:
            seen.add(id(held))
            yield held
            waiting += inner(held)


def _prefix(rule: Rule) -> str:
    """The beginning that all rules of a pack share."""
    return f"{rule.id.partition('-')[0]}-"


CONFIG_RULES = ("AWS::Config::ConfigRule", "AWS::Config::OrganizationConfigRule")
CONFIG_PACKS = ("AWS::Config::ConformancePack", "AWS::Config::OrganizationConformancePack")


def _of_aws_config(path: Path, data: Any) -> Iterable[Asked] | None:
    declared = list(_config_rules(path, data))
    if not declared:
        return None
    rules = {rule.id: rule for rule in known().of("aws-config")}
    return [
        Asked(rule) for each in declared if (rule := rules.get(_identifier(each) or "")) and not _harmless(rule, each)
    ]


def _config_rules(path: Path, data: Any) -> Iterator[Mapping[str, Any]]:
    """The rules of a template, of the packs in it, or as the service's own interface takes and lists them."""
    config = as_object(data) or {}
    for resource in (as_object(each) or {} for each in (as_object(config.get("Resources")) or {}).values()):
        properties = as_object(resource.get("Properties")) or {}
        if resource.get("Type") in CONFIG_RULES:
            yield properties
        if resource.get("Type") in CONFIG_PACKS and isinstance(properties.get("TemplateBody"), str):
            yield from _config_rules(path, parse_configuration(path.with_suffix(".yaml"), properties["TemplateBody"]))
    listed = as_list(config.get("ConfigRules")) or [config.get("ConfigRule", config)]
    yield from (rule for each in listed if _identifier(rule := as_object(each) or {}) is not None)


def _identifier(properties: Mapping[str, Any]) -> str | None:
    source = as_object(properties.get("Source")) or {}
    managed = as_object(properties.get("OrganizationManagedRuleMetadata")) or {}
    found = source.get("SourceIdentifier", managed.get("RuleIdentifier"))
    return found if isinstance(found, str) else None


def _harmless(rule: Rule, properties: Mapping[str, Any]) -> bool:
    """Whether a parameter keeps copies in the Region."""
    managed = as_object(properties.get("OrganizationManagedRuleMetadata")) or properties
    parameters = managed.get("InputParameters")
    with suppress(ValueError):  # the service's own interface takes JSON in a text
        parameters = json.loads(parameters) if isinstance(parameters, str) else parameters
    return rule.same_region and (as_object(parameters) or {}).get("ReplicationType") == "SAME-REGION"


def _of_security_hub(_: Path, data: Any) -> Iterable[Asked] | None:
    config = as_object(data) or {}
    inner = as_object(config.get("ConfigurationPolicy")) or config
    policy = as_object(inner.get("SecurityHub"))
    if policy is None:
        return None
    controls = as_object(policy.get("SecurityControlsConfiguration")) or {}
    enabled, disabled = (controls.get(f"{word}SecurityControlIdentifiers") for word in ("Enabled", "Disabled"))
    rules = known().of("security-hub") if policy.get("ServiceEnabled", True) else ()
    wanted = (rule for rule in rules if enabled is None or rule.id in _texts(enabled))
    return [Asked(rule) for rule in wanted if rule.id not in _texts(disabled)]


def _of_azure_policy(_: Path, data: Any) -> Iterable[Asked] | None:
    found = azure_policy(data)
    if found is None:
        return None
    rules = {rule.id: rule for rule in known().of("azure-policy")}
    return [Asked(rules[each], through) for each, through in found if each in rules]


READERS: tuple[Reader, ...] = (
    _of_azure_policy,
    _of_security_hub,
    _of_aws_config,
    _of_checkov,
    _of_prowler,
    _of_cdk_nag,
    _of_trivy,
)
