"""Azure's SDK without the older names of its types.

It gives every resource an alias for each API version that ever had a class of its own, dozens of them, and the SDK's
runtime works out the URN of each: four fifths of a large site's preview. No stack of these components has held such a
type, for they began when types had no version; aliases of any other kind stay.
"""

import re
from typing import Any, cast

import pulumi

_OF_A_VERSION = re.compile(r"azure-native:\w+/v\d{8}\w*:\w+")


def without_versions(opts: pulumi.ResourceOptions | None) -> pulumi.ResourceOptions:
    """The options of a component, in which every resource is known by its types without a version alone."""
    return pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(transformations=[_trimmed]))


def _trimmed(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
    """The options without aliases to types of a version; None where there are none."""
    given: list[Any] = list(cast(Any, args.opts.aliases) or [])
    kept = [alias for alias in given if not _is_of_a_version(alias)]
    if len(kept) == len(given):
        return None
    options = pulumi.ResourceOptions.merge(args.opts, None)
    options.aliases = kept
    return pulumi.ResourceTransformationResult(args.props, options)


def _is_of_a_version(alias: Any) -> bool:
    return isinstance(alias, pulumi.Alias) and _OF_A_VERSION.fullmatch(str(alias.type_)) is not None
