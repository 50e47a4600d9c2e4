//go:build tools

// Package engine pins the Pulumi engine and all it is built from; nothing here is compiled by itself.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
