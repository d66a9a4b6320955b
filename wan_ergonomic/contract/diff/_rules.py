"""The rules: every change that a comparison can report, and how bad it is.

The names are oasdiff's wherever it has a rule for the change, and so is the model:
narrowing what is allowed breaks a sender, widening it breaks a parser. Comments say
why a rule is stricter or milder than oasdiff's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ._finding import Severity

Effect = Literal[
    "widened", "narrowed", "replaced", "incomparable", "enum-extended", "undecided",
    "default-changed", "deprecated", "metadata", "documentation",
]  # fmt: skip

# How bad an effect is: in a request, and in a response.
_SEVERITIES: Mapping[Effect, tuple[Severity, Severity]] = {
    "widened": ("info", "breaking"),
    "narrowed": ("breaking", "info"),
    "replaced": ("breaking", "breaking"),
    # Breaking if there is an example of what is lost, information if it is proved that nothing is.
    "incomparable": ("warning", "warning"),
    # Parsers of this API have to expect values that are not listed.
    "enum-extended": ("info", "warning"),
    # Information if it can be decided that nothing breaks.
    "undecided": ("warning", "warning"),
    # A sender that omits the value gets another one.
    "default-changed": ("warning", "info"),
    # Nothing is broken yet.
    "deprecated": ("warning", "warning"),
    "metadata": ("info", "info"),
    "documentation": ("docs", "docs"),
}


def _of_limits() -> dict[str, Effect]:
    """Return the rules for limits: a larger upper limit widens, a larger lower one narrows."""
    counts = [f"{end}-{of}" for of in ("length", "items", "properties", "contains")
              for end in ("max", "min")]  # fmt: skip
    effects: dict[str, Effect] = {}
    for limit in ("max", "min", "exclusive-max", "exclusive-min", *counts):
        upper = "max" in limit
        effects[f"{limit}-set"] = "narrowed"
        effects[f"{limit}-unset"] = "widened"
        effects[f"{limit}-increased"] = "widened" if upper else "narrowed"
        effects[f"{limit}-decreased"] = "narrowed" if upper else "widened"
    return effects


# The rules for a schema, wherever it is. Their names begin with one of the subjects.
_OF_SCHEMAS: Mapping[str, Effect] = {
    "type-generalized": "widened",
    "type-specialized": "narrowed",
    "type-changed": "replaced",
    "list-of-types-widened": "widened",
    "list-of-types-narrowed": "narrowed",
    "became-nullable": "widened",
    "became-not-nullable": "narrowed",
    "became-enum": "narrowed",
    "became-not-enum": "enum-extended",
    "enum-value-added": "enum-extended",
    "enum-value-removed": "narrowed",
    "const-added": "narrowed",
    "const-removed": "widened",
    "const-changed": "replaced",
    "multiple-of-set": "narrowed",
    "multiple-of-unset": "widened",
    "multiple-of-specialized": "narrowed",
    "multiple-of-generalized": "widened",
    "multiple-of-changed": "replaced",
    "unique-items-set": "narrowed",
    "unique-items-unset": "widened",
    "content-encoding-changed": "replaced",
    "content-media-type-changed": "replaced",
    # For every other keyword that narrows what is allowed; the message names it.
    "constraint-added": "narrowed",
    "constraint-removed": "widened",
    "constraint-changed": "incomparable",
    "default-value-added": "metadata",
    "default-value-changed": "default-changed",
    "default-value-removed": "default-changed",
    "deprecated": "deprecated",
    "reactivated": "metadata",
    "discriminator-added": "metadata",
    "discriminator-removed": "metadata",
    "discriminator-property-name-changed": "metadata",
    "discriminator-mapping-added": "metadata",
    "discriminator-mapping-changed": "metadata",
    "discriminator-mapping-deleted": "metadata",
    "additional-properties-opened": "widened",
    "additional-properties-closed": "narrowed",
    "items-added": "narrowed",
    "items-removed": "widened",
    "one-of-added": "widened",
    "one-of-removed": "narrowed",
    "any-of-added": "widened",
    "any-of-removed": "narrowed",
    # A union beside the schema's own keywords, which has to match as well.
    "wrapped-in-one-of": "narrowed",
    "wrapped-in-any-of": "narrowed",
    "unwrapped-from-one-of": "widened",
    "unwrapped-from-any-of": "widened",
    # What a union accepts, where no finding about its parts says it.
    "values-narrowed": "narrowed",
    "values-widened": "widened",
    "values-undecided": "undecided",
    "description-changed": "documentation",
    "title-changed": "documentation",
    **_of_limits(),
}
# More rules for a property: whether its object requires it.
_OF_PROPERTIES: Mapping[str, Effect] = {"became-optional": "widened", "became-required": "narrowed"}
_PROPERTIES = ("request-parameter-property", "request-property", "response-property")
# Where a schema can be; a name comes before those that it contains.
SUBJECTS = (*_PROPERTIES, "request-parameter", "request-body", "response-body", "response-header")

_OTHERS: Mapping[str, Severity] = {
    "api-info-description-changed": "docs",
    "api-info-title-changed": "docs",
    "api-info-version-changed": "docs",
    # Overlays name the operations, so no code depends on the published ids.
    "api-operation-id-added": "info",
    "api-operation-id-changed": "info",
    "api-operation-id-removed": "info",
    "api-removed-with-deprecation": "breaking",
    "api-removed-without-deprecation": "breaking",
    # A warning if the scheme was published before and was only not required.
    # Information if it is an alternative.
    "api-security-added": "breaking",
    "api-security-component-bearer-format-changed": "docs",
    "api-security-component-description-changed": "docs",
    "api-security-component-flows-changed": "info",
    # Information if no scheme is required any more.
    "api-security-removed": "breaking",
    "api-security-scheme-changed": "breaking",
    "api-security-scheme-deprecated": "warning",
    "api-security-scheme-reactivated": "info",
    "api-security-scope-added": "breaking",
    "api-security-scope-removed": "info",
    "api-tag-added": "info",
    "api-tag-removed": "info",
    "document-invalid": "warning",
    "document-repaired": "info",
    "endpoint-added": "info",
    "endpoint-deprecated": "warning",
    "endpoint-reactivated": "info",
    "json-schema-dialect-changed": "warning",
    "new-optional-request-parameter": "info",
    "new-request-path-parameter": "breaking",
    "new-required-request-parameter": "breaking",
    "operation-description-changed": "docs",
    "operation-moved": "breaking",
    "operation-summary-changed": "docs",
    # oasdiff: information; Redocly: major. A strict parser may rely on it.
    "optional-response-header-removed": "warning",
    "request-body-added-optional": "info",
    "request-body-added-required": "breaking",
    "request-body-became-optional": "info",
    "request-body-became-required": "breaking",
    "request-body-media-type-added": "info",
    "request-body-media-type-changed": "breaking",
    "request-body-media-type-name-generalized": "info",
    "request-body-media-type-name-specialized": "breaking",
    # Information if another media type covers it; in a response as well.
    "request-body-media-type-removed": "breaking",
    "request-body-media-type-schema-added": "breaking",
    "request-body-media-type-schema-removed": "info",
    "request-body-removed": "breaking",
    "request-parameter-became-optional": "info",
    "request-parameter-became-required": "breaking",
    # oasdiff: a warning. This package rejects options that the contract does not have.
    "request-parameter-removed": "breaking",
    "request-parameter-renamed": "breaking",
    # Information if more is allowed.
    "request-parameter-serialization-changed": "breaking",
    "required-response-header-removed": "breaking",
    "response-body-media-type-schema-added": "info",
    "response-body-media-type-schema-removed": "breaking",
    "response-description-changed": "docs",
    "response-header-added": "info",
    "response-header-became-optional": "breaking",
    "response-header-became-required": "info",
    "response-header-serialization-changed": "breaking",
    "response-media-type-added": "info",
    "response-media-type-changed": "breaking",
    # A warning if it has only fewer parameters, or if its syntax is the same.
    "response-media-type-name-generalized": "breaking",
    # A warning for a success whose syntax is the same, as of application/vnd.a+json.
    "response-media-type-name-specialized": "info",
    "response-media-type-removed": "breaking",
    "response-non-success-status-added": "info",
    "response-non-success-status-removed": "info",
    "response-optional-property-added": "info",
    # oasdiff: information; Redocly: major. A strict parser may rely on it.
    "response-optional-property-removed": "warning",
    # A warning if the property was optional.
    "response-property-renamed": "breaking",
    "response-required-property-added": "info",
    "response-required-property-removed": "breaking",
    "response-success-status-added": "info",
    # Information if the new status includes the old one.
    "response-success-status-changed": "breaking",
    "response-success-status-removed": "breaking",
    "server-added": "info",
    # The first one. A warning if the other one is still listed.
    "server-changed": "breaking",
    "server-removed": "breaking",
    # Information if callbacks or links were added. What changed in the part is not compared.
    "uncompared-part-changed": "warning",
}


def _composed() -> dict[str, Severity]:
    """Return the rules whose names begin with a subject or hold one."""
    found: dict[str, Severity] = {}
    for subject in SUBJECTS:
        effects = {**_OF_SCHEMAS, **(_OF_PROPERTIES if subject in _PROPERTIES else {})}
        response = subject.startswith("response")
        for change, effect in effects.items():
            found[f"{subject}-{change}"] = _SEVERITIES[effect][response]
    for subject in ("request-property", "request-parameter-property"):
        found |= {
            f"{subject}-became-required-with-default": "breaking",
            # As in oasdiff for properties: a sender must not lose an option.
            f"{subject}-removed": "breaking",
            f"{subject}-renamed": "breaking",
            f"new-optional-{subject}": "info",
            f"new-required-{subject}": "breaking",
            f"new-required-{subject}-with-default": "breaking",
        }
    for side in ("request", "response"):
        for need in ("required", "optional"):
            for now in ("read-only", "not-read-only", "write-only", "not-write-only"):
                found[f"{side}-{need}-property-became-{now}"] = "info"
    # Senders have to stop sending it, and parsers no longer receive it. oasdiff: information.
    found["request-required-property-became-read-only"] = "warning"
    found["request-optional-property-became-read-only"] = "warning"
    found["response-required-property-became-write-only"] = "breaking"
    found["response-optional-property-became-write-only"] = "warning"
    # The same value has another form, in bodies that are XML.
    for subject in ("request-body", "request-property", "response-body", "response-property"):
        found[f"{subject}-xml-changed"] = "warning"
    # Nobody sent it.
    found["request-required-property-became-not-read-only"] = "breaking"
    return found


# Severities by name. A finding is milder where a comment says so, or if its value is never sent.
RULES: Mapping[str, Severity] = {**_composed(), **_OTHERS}

_ABOUT_VALUES = {"widened", "narrowed", "replaced", "incomparable", "enum-extended", "undecided"}
_CHANGES = {**_OF_SCHEMAS, **_OF_PROPERTIES}
# Rules for which values a schema accepts.
OF_VALUES = frozenset(
    f"{subject}-{change}"
    for subject in SUBJECTS
    for change, effect in _CHANGES.items()
    if effect in _ABOUT_VALUES
)
# Rules for what else is written in a schema.
OF_ANNOTATIONS = frozenset(
    f"{subject}-{change}"
    for subject in SUBJECTS
    for change, effect in _CHANGES.items()
    if effect not in _ABOUT_VALUES
)
