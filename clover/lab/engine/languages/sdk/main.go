// Command sdk writes the SDK of a package: `sdk LANGUAGE FOLDER LOADER_ADDRESS < schema.json`.
// It calls the generators that the official language hosts call.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

const tool = "clover-sdk"

func main() {
	if len(os.Args) != 4 {
		fail(errors.New("usage: sdk python|nodejs|go FOLDER LOADER_ADDRESS < schema.json"))
	}
	files, err := generate(os.Args[1], os.Args[3])
	if err != nil {
		fail(err)
	}
	for name, data := range files {
		if err := write(filepath.Join(os.Args[2], name), data); err != nil {
			fail(err)
		}
	}
}

func generate(language, address string) (map[string][]byte, error) {
	var spec schema.PackageSpec
	if err := json.NewDecoder(os.Stdin).Decode(&spec); err != nil {
		return nil, err
	}
	client, err := schema.NewLoaderClient(address)
	if err != nil {
		return nil, err
	}
	defer client.Close()
	loader := schema.NewCachedLoader(client)
	bound, diagnostics, err := schema.BindSpec(spec, loader, schema.ValidationOptions{AllowDanglingReferences: true})
	if err != nil {
		return nil, err
	}
	if diagnostics.HasErrors() {
		return nil, diagnostics
	}
	switch language {
	case "python":
		return python.GeneratePackage(tool, bound, nil, loader)
	case "nodejs":
		return nodejs.GeneratePackage(tool, bound, nil, nil, true, loader)
	case "go":
		return golang.GeneratePackage(tool, bound, nil)
	}
	return nil, fmt.Errorf("no generator for %s", language)
}

func write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
