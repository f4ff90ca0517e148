// Command schema writes the table of built-in API types (apiserver/schema/table) from the published Go modules and
// a reference server's discovery and OpenAPI documents. Run by hand when the modelled version changes:
//
//	cd tools/schema && go run . -modules "$(go env GOMODCACHE)" -documents ../../tests/parity/documents -out ../../apiserver/schema/table
//
// Facts only: names, numbers, orders, flags, defaults. No documentation text is taken over.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
)

const version = "v0.36.3"

// The packages whose types are known, as import paths; found below the module cache.
var packagePaths = []string{
	"k8s.io/apimachinery/pkg/apis/meta/v1",
	"k8s.io/apimachinery/pkg/api/resource",
	"k8s.io/apimachinery/pkg/util/intstr",
	"k8s.io/apimachinery/pkg/runtime",
	"k8s.io/apimachinery/pkg/types",
	"k8s.io/apimachinery/pkg/version",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1",
	"k8s.io/kube-aggregator/pkg/apis/apiregistration/v1",
}

func main() {
	modules := flag.String("modules", "", "the Go module cache")
	documents := flag.String("documents", "", "a reference server's documents")
	out := flag.String("out", "", "the folder to write")
	flag.Parse()
	paths := append([]string{}, packagePaths...)
	found, err := filepath.Glob(filepath.Join(*modules, "k8s.io/api@"+version, "*/*/generated.proto"))
	check(err)
	for _, file := range found {
		directory := filepath.Dir(file)
		paths = append(paths, fmt.Sprintf("k8s.io/api/%s/%s", filepath.Base(filepath.Dir(directory)), filepath.Base(directory)))
	}
	sort.Strings(paths)
	world := readPackages(*modules, paths)
	docs := readDocuments(*documents)
	check(os.MkdirAll(*out, 0o755))
	writeTable(world, docs, *out)
	writeResources(world, docs, *out)
	writeInternal(*modules, *out)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
