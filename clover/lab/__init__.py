"""The lab: an embedded cloud, provider and engine on one machine; nothing in it is evidence."""
