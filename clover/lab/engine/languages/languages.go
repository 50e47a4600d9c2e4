//go:build tools

// Package languages pins what stands beside the engine for other people's programs; nothing here is compiled by itself.
package languages

import _ "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml"
