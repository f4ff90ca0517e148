// How the generated table and Go itself name types and texts.
package main

import (
	"go/ast"
	"strconv"
	"strings"
)

func (t *goType) openAPIName() string {
	parts := strings.Split(t.pkg.path, "/")
	host := strings.Split(parts[0], ".")
	for i, j := 0, len(host)-1; i < j; i, j = i+1, j-1 {
		host[i], host[j] = host[j], host[i]
	}
	return strings.Join(append(host, parts[1:]...), ".") + "." + t.name
}

// "kCoreV1Pod" for k8s.io/api/core/v1.Pod.
func (t *goType) constantName() string {
	parts := strings.Split(t.pkg.path, "/")
	tail := parts[len(parts)-1:]
	if len(parts) > 2 && strings.HasPrefix(tail[0], "v") && len(tail[0]) > 1 && tail[0][1] >= '0' && tail[0][1] <= '9' {
		tail = parts[len(parts)-2:]
	}
	name := "k"
	for _, part := range tail {
		name += strings.ToUpper(part[:1]) + part[1:]
	}
	return name + t.name
}

func (w world) key(t *goType) string { return t.pkg.path + "." + t.name }

// What reflect's Type.String prints, which Go's decoding errors quote.
func (w world) goTypeText(owner *goType, expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.StarExpr:
		return "*" + w.goTypeText(owner, e.X)
	case *ast.ArrayType:
		return "[]" + w.goTypeText(owner, e.Elt)
	case *ast.MapType:
		return "map[" + w.goTypeText(owner, e.Key) + "]" + w.goTypeText(owner, e.Value)
	case *ast.InterfaceType:
		return "interface {}"
	}
	if named := w.resolve(owner, expr); named != nil {
		return named.pkg.name + "." + named.name
	}
	if name := expr.(*ast.Ident).Name; name == "byte" {
		return "uint8"
	} else {
		return name
	}
}

func quote(text string) string { return strconv.Quote(text) }

// A C++ string literal of JSON text.
func rawText(text string) string {
	if text == "" {
		return `""`
	}
	if !strings.ContainsAny(text, `"\`) {
		return `"` + text + `"`
	}
	return `R"(` + text + `)"`
}
