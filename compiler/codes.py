"""Every code of an error in a spec: what it means, and what to do."""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """What a code means, and what to do in general; the message says it for the case at hand."""

    meaning: str
    fix: str


# Every code, once. A code never changes its meaning; a retired one (E212, now N001 and N002) is never used
# again.
CODES = {
    "E001": Code("the spec file cannot be read", "Check the name, and that the file may be read."),
    "E002": Code(
        "the text is not valid YAML or JSON",
        "Mend the text at the place of the message; most often it is an indentation, a quote or a bracket.",
    ),
    "E003": Code(
        "a key is written twice in one mapping",
        "Remove one of the two, or merge them: YAML would silently keep the last.",
    ),
    "E004": Code(
        "a YAML feature that Formwork refuses: anchors, aliases, merge keys, tags, several documents",
        "Write the value out; what environments differ in belongs under `environments`.",
    ),
    "E005": Code(
        "the spec is empty, or its root is not a mapping",
        "Begin with `schema_version:`, `platform:`, `region:` and `environments:`.",
    ),
    "E006": Code("the spec is too large or nested too deeply", "Split the platform into two specs."),
    "E007": Code(
        "schema_version is missing or not one that this Formwork knows",
        "Write `schema_version: 1`, or use the Formwork that the spec was written for.",
    ),
    "E101": Code(
        "an unknown key",
        "Use the key that the message suggests; docs/spec.md lists all. Only `x-` keys are free.",
    ),
    "E102": Code("a required key is missing", "Add it; docs/spec.md says what it is for."),
    "E103": Code(
        "a value has the wrong type",
        "Write the type that is named; text that looks like a number needs quotes.",
    ),
    "E104": Code("a value is not one of those allowed", "Choose one of those that are listed."),
    "E105": Code(
        "a value has the wrong form", "Write it in the form that is named, such as `24h` or `512B`."
    ),
    "E106": Code("a value is out of its range", "Choose a value inside it; the range is that of AWS."),
    "E107": Code(
        "a list or mapping has the wrong number of entries, or repeats one",
        "Add or remove entries until it fits.",
    ),
    "E201": Code(
        "a connection or reference names a component that does not exist",
        "Mend the name, or add the component.",
    ),
    "E202": Code(
        "the target does not offer this verb",
        "Choose a verb that the target offers; docs/spec.md lists them by kind.",
    ),
    "E203": Code(
        "an option of a connection does not belong to this verb",
        "Remove it, or choose the verb that it belongs to.",
    ),
    "E204": Code("two components share one name", "Rename one: names are unique across sections."),
    "E205": Code(
        "components depend on each other in a circle",
        "Remove one of the connections that are listed; a queue between two components often does it.",
    ),
    "E206": Code(
        "two sources set the same environment variable", "Give one connection another prefix with `env`."
    ),
    "E207": Code("a component needs a section that the spec lacks", "Add the section; it may be empty."),
    "E208": Code("no environment has this name", "Use one of those under `environments`."),
    "E209": Code(
        "an alarm of this name does not exist on this component", "Use one of those that are listed."
    ),
    "E210": Code("a value contradicts another one", "Change one of the two, as the message says."),
    "E211": Code(
        "this consumer cannot be started by the target",
        "Connect a kind that can, such as a function, or choose another verb.",
    ),
    "E213": Code(
        "a name is too long for AWS", "Shorten the component's, the platform's or the environment's name."
    ),
    "E214": Code(
        "code or another file that the spec names cannot be used",
        "Check the path, which starts at the spec's folder, and what is there.",
    ),
    "E215": Code(
        "a stack cannot have this name, or not hold this component",
        "Choose another name for the `stack`; components of different layers need different ones.",
    ),
    "E216": Code(
        "an override of a resource that the component does not have",
        "Use one of the logical ids that are listed.",
    ),
    "E217": Code(
        "an override that does not fit its resource",
        "Look at the compiled resource and mend the path; overrides fail rather than do nothing.",
    ),
    "E218": Code(
        "a property of something to be made, beside `existing`", "Remove the property, or remove `existing`."
    ),
    "E219": Code(
        "a reference in raw CloudFormation that a component does not offer",
        "Use one of the attributes that are listed.",
    ),
    "E220": Code(
        "a waiver names a rule that does not exist, cannot be waived, or a component that does not exist",
        "Mend the name; what AWS itself refuses cannot be waived.",
    ),
    "E221": Code(
        "a waiver has expired", "Mend what it was for, or renew it with a new date if the reason still holds."
    ),
    "E222": Code("a waiver that nothing needs", "Remove it, so that it hides nothing later."),
    "E301": Code(
        "a template exceeds a CloudFormation limit",
        "Give some components a `stack` of their own, or split the platform into two specs.",
    ),
    "E302": Code("two components give one logical id", "Rename one of the two."),
    "E303": Code(
        "stacks that the spec names need values of each other", "Put their components into one `stack`."
    ),
    "M001": Code(
        "the expected cost is over the budget",
        "Make what the message lists smaller, or raise `monthly_usd`; `formwork cost -v` shows every line.",
    ),
    "M002": Code(
        "the cost has parts without a price, although there is a budget",
        "Leave room for them in the budget; `formwork cost` lists them, with the reason.",
    ),
}
