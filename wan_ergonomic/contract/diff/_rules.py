"""Every kind of change that a comparison can report, and how bad each one is.

The names are oasdiff's wherever it has a rule for the change. So is the model:
a change widens or narrows what may be said; narrowing breaks a sender, widening
breaks a parser. Where this project is stricter, or less strict, a comment says
why. Nothing here looks at a document.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from ._findings import Severity

Effect = Literal[
    "widens", "narrows", "replaces", "unclear", "extends", "refills", "deprecates", "annotates",
    "rewords",
]  # fmt: skip

# How bad an effect is: in a request, and in a response.
_SEVERITIES: Mapping[Effect, tuple[Severity, Severity]] = {
    "widens": ("info", "breaking"),
    "narrows": ("breaking", "info"),
    "replaces": ("breaking", "breaking"),
    # Two patterns cannot be weighed against each other.
    "unclear": ("warning", "warning"),
    # One more value in a list: a reader of this API has to expect what nobody listed.
    "extends": ("info", "warning"),
    # Another default: whoever leaves the value out gets something else from now on.
    "refills": ("warning", "info"),
    # Nothing is broken yet, but soon will be.
    "deprecates": ("warning", "warning"),
    "annotates": ("info", "info"),
    "rewords": ("docs", "docs"),
}

_LIMITS = ("length", "items", "properties", "contains")


def _of_limits() -> dict[str, Effect]:
    """Return what can happen to limits: an upper one that grows widens, a lower one narrows."""
    counts = [f"{end}-{of}" for of in _LIMITS for end in ("max", "min")]
    effects: dict[str, Effect] = {}
    for limit in ("max", "min", "exclusive-max", "exclusive-min", *counts):
        upper = "max" in limit
        effects[f"{limit}-set"] = "narrows"
        effects[f"{limit}-unset"] = "widens"
        effects[f"{limit}-increased"] = "widens" if upper else "narrows"
        effects[f"{limit}-decreased"] = "narrows" if upper else "widens"
    return effects


# What can happen to any schema. A kind begins with what the schema is of.
_OF_SCHEMAS: Mapping[str, Effect] = {
    "type-generalized": "widens",
    "type-specialized": "narrows",
    "type-changed": "replaces",
    "list-of-types-widened": "widens",
    "list-of-types-narrowed": "narrows",
    "became-nullable": "widens",
    "became-not-nullable": "narrows",
    "became-enum": "narrows",
    "became-not-enum": "extends",
    "enum-value-added": "extends",
    "enum-value-removed": "narrows",
    "const-added": "narrows",
    "const-removed": "widens",
    "const-changed": "replaces",
    "multiple-of-set": "narrows",
    "multiple-of-unset": "widens",
    "multiple-of-specialized": "narrows",
    "multiple-of-generalized": "widens",
    "multiple-of-changed": "replaces",
    "unique-items-set": "narrows",
    "unique-items-unset": "widens",
    "content-encoding-changed": "replaces",
    "content-media-type-changed": "replaces",
    "default-value-added": "annotates",
    "default-value-changed": "refills",
    "default-value-removed": "refills",
    "deprecated": "deprecates",
    "reactivated": "annotates",
    "discriminator-added": "annotates",
    "discriminator-removed": "annotates",
    "discriminator-property-name-changed": "annotates",
    "discriminator-mapping-added": "annotates",
    "discriminator-mapping-changed": "annotates",
    "discriminator-mapping-deleted": "annotates",
    "additional-properties-opened": "widens",
    "additional-properties-closed": "narrows",
    "items-added": "narrows",
    "items-removed": "widens",
    "one-of-added": "widens",
    "one-of-removed": "narrows",
    "any-of-added": "widens",
    "any-of-removed": "narrows",
    # A schema that has to fit one of several as well, or no longer has to.
    "wrapped-in-one-of": "narrows",
    "wrapped-in-any-of": "narrows",
    "unwrapped-from-one-of": "widens",
    "unwrapped-from-any-of": "widens",
    "description-changed": "rewords",
    "title-changed": "rewords",
    # Of every other keyword that narrows what is allowed; two such cannot be weighed.
    "constraint-added": "narrows",
    "constraint-removed": "widens",
    "constraint-changed": "unclear",
    **_of_limits(),
}
_SCHEMAS = ("request-body", "request-parameter", "response-body", "response-header")
_PROPERTIES = ("request-property", "request-parameter-property", "response-property")

# What can happen to a property because its object says so.
_OF_PROPERTIES: Mapping[str, Effect] = {
    "became-optional": "widens",
    "became-required": "narrows",
}
_VISIBILITIES = ("read-only", "not-read-only", "write-only", "not-write-only")

_OTHERS: Mapping[str, Severity] = {
    "api-info-description-changed": "docs",
    "api-info-title-changed": "docs",
    "api-info-version-changed": "docs",
    # Overlays name operations; people do not.
    "api-operation-id-added": "info",
    "api-operation-id-changed": "info",
    "api-operation-id-removed": "info",
    "api-removed-with-deprecation": "breaking",
    "api-removed-without-deprecation": "breaking",
    # A warning where the scheme was published already, and only the demand for it was not.
    # Information where it is one more way to be let in.
    "api-security-added": "breaking",
    "api-security-component-bearer-format-changed": "docs",
    "api-security-component-description-changed": "docs",
    "api-security-component-flows-changed": "info",
    # Information where no key is asked for any more.
    "api-security-removed": "breaking",
    "api-security-scheme-changed": "breaking",
    "api-security-scope-added": "breaking",
    "api-security-scope-removed": "info",
    "api-tag-added": "info",
    "api-tag-removed": "info",
    "document-invalid": "warning",
    "document-repaired": "info",
    "endpoint-added": "info",
    "endpoint-deprecated": "warning",
    "endpoint-reactivated": "info",
    "new-optional-request-parameter": "info",
    "new-request-path-parameter": "breaking",
    "new-required-request-parameter": "breaking",
    "operation-description-changed": "docs",
    "operation-moved": "breaking",
    "operation-summary-changed": "docs",
    # oasdiff says information; redocly says major. A strict parser may have counted on it.
    "optional-response-header-removed": "warning",
    "request-body-added-optional": "info",
    "request-body-added-required": "breaking",
    "request-body-became-optional": "info",
    "request-body-became-required": "breaking",
    "request-body-media-type-added": "info",
    "request-body-media-type-changed": "breaking",
    "request-body-media-type-removed": "breaking",
    "request-body-media-type-schema-added": "breaking",
    "request-body-media-type-schema-removed": "info",
    "request-body-removed": "breaking",
    "request-parameter-became-optional": "info",
    "request-parameter-became-required": "breaking",
    # oasdiff warns. This package refuses an option that the contract does not have.
    "request-parameter-removed": "breaking",
    "request-parameter-renamed": "breaking",
    "request-parameter-serialization-changed": "breaking",
    "required-response-header-removed": "breaking",
    "response-body-media-type-schema-added": "info",
    "response-body-media-type-schema-removed": "breaking",
    "response-description-changed": "docs",
    "response-header-added": "info",
    "response-header-became-optional": "breaking",
    "response-header-became-required": "info",
    "response-media-type-added": "info",
    "response-media-type-changed": "breaking",
    "response-media-type-removed": "breaking",
    "response-non-success-status-added": "info",
    "response-non-success-status-removed": "info",
    "response-optional-property-added": "info",
    # oasdiff says information; redocly says major. A strict parser may have counted on it.
    "response-optional-property-removed": "warning",
    # A warning where the property could be missing before.
    "response-property-renamed": "breaking",
    "response-required-property-added": "info",
    "response-required-property-removed": "breaking",
    "response-success-status-added": "info",
    # Information where the new status covers the old one.
    "response-success-status-changed": "breaking",
    "response-success-status-removed": "breaking",
    "server-added": "info",
    "server-changed": "breaking",
    "server-removed": "breaking",
}


def severity_of(effect: Effect, *, response: bool) -> Severity:
    """Return how bad an effect is for whoever stands on this side of the call."""
    return _SEVERITIES[effect][response]


def _composed() -> dict[str, Severity]:
    """Return the kinds that are made up of what changed and what happened to it."""
    found: dict[str, Severity] = {}
    for subject in (*_SCHEMAS, *_PROPERTIES):
        effects = {**_OF_SCHEMAS, **(_OF_PROPERTIES if subject in _PROPERTIES else {})}
        response = subject.startswith("response")
        for change, effect in effects.items():
            found[f"{subject}-{change}"] = severity_of(effect, response=response)
    for subject in ("request-property", "request-parameter-property"):
        found |= {
            f"{subject}-became-required-with-default": "breaking",
            # oasdiff agrees for properties. What an option's sender must not lose is the option.
            f"{subject}-removed": "breaking",
            f"{subject}-renamed": "breaking",
            f"new-optional-{subject}": "info",
            f"new-required-{subject}": "breaking",
            f"new-required-{subject}-with-default": "breaking",
        }
    for side in ("request", "response"):
        for need in ("required", "optional"):
            for now in _VISIBILITIES:
                found[f"{side}-{need}-property-became-{now}"] = "info"
    return found


# By name. A finding may be milder where a comment says so, or where nothing is ever sent.
KINDS: Mapping[str, Severity] = {**_composed(), **_OTHERS}
