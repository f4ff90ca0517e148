package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// A Go package as far as its types go.
type goPackage struct {
	path     string
	name     string // last element, as reflect prints it
	group    string // the API group, when register.go names one
	types    map[string]*goType
	order    []string
	messages map[string]bool // the messages of generated.proto
}

type goType struct {
	pkg     *goPackage
	name    string
	expr    ast.Expr
	markers map[string][]string
	imports map[string]string
}

type world map[string]*goPackage

// A field as declared, before embedded structs are flattened.
type goField struct {
	jsonName      string
	expr          ast.Expr
	owner         *goType // resolves names in expr
	inline        bool
	omitEmpty     bool
	omitZero      bool
	proto         int
	patchStrategy string
	patchMergeKey string
	markers       map[string][]string
}

func readPackages(modules string, paths []string) world {
	result := world{}
	for _, path := range paths {
		result[path] = readPackage(modules, path)
	}
	return result
}

func packageDirectory(modules, path string) string {
	parts := strings.SplitN(path, "/", 3)
	return filepath.Join(modules, parts[0], parts[1]+"@"+version, parts[2])
}

var messagePattern = regexp.MustCompile(`(?m)^message (\w+) `)
var groupPattern = regexp.MustCompile(`GroupName\s*=\s*"([^"]*)"`)

func readPackage(modules, path string) *goPackage {
	directory := packageDirectory(modules, path)
	pkg := &goPackage{path: path, name: filepath.Base(path), types: map[string]*goType{}, messages: map[string]bool{}}
	if text, err := os.ReadFile(filepath.Join(directory, "generated.proto")); err == nil {
		for _, match := range messagePattern.FindAllStringSubmatch(string(text), -1) {
			pkg.messages[match[1]] = true
		}
	}
	if text, err := os.ReadFile(filepath.Join(directory, "register.go")); err == nil {
		if match := groupPattern.FindStringSubmatch(string(text)); match != nil {
			pkg.group = match[1]
		}
	}
	filter := func(info fs.FileInfo) bool {
		name := info.Name()
		return !strings.HasSuffix(name, "_test.go") && !strings.HasPrefix(name, "zz_") && !strings.HasPrefix(name, "generated") &&
			name != "fieldsv1_string.go"
	}
	parsed, err := parser.ParseDir(token.NewFileSet(), directory, filter, parser.ParseComments)
	check(err)
	for _, files := range parsed {
		for _, fileName := range sortedKeys(files.Files) {
			readFile(pkg, files.Files[fileName])
		}
	}
	return pkg
}

func readFile(pkg *goPackage, file *ast.File) {
	imports := map[string]string{}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		name := filepath.Base(path)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[name] = path
	}
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.TYPE {
			continue
		}
		for _, spec := range gen.Specs {
			typeSpec := spec.(*ast.TypeSpec)
			doc := typeSpec.Doc
			if doc == nil {
				doc = gen.Doc
			}
			pkg.types[typeSpec.Name.Name] = &goType{pkg: pkg, name: typeSpec.Name.Name, expr: typeSpec.Type,
				markers: readMarkers(doc), imports: imports}
			pkg.order = append(pkg.order, typeSpec.Name.Name)
		}
	}
}

func readMarkers(doc *ast.CommentGroup) map[string][]string {
	markers := map[string][]string{}
	if doc == nil {
		return markers
	}
	for _, comment := range doc.List {
		text := strings.TrimSpace(strings.TrimPrefix(comment.Text, "//"))
		if strings.HasPrefix(text, "+") {
			name, value, _ := strings.Cut(text[1:], "=")
			markers[name] = append(markers[name], strings.TrimSpace(value))
		}
	}
	return markers
}

// The named type that an identifier or selector means, or nil for a predeclared one.
func (w world) resolve(owner *goType, expr ast.Expr) *goType {
	switch e := expr.(type) {
	case *ast.Ident:
		return owner.pkg.types[e.Name]
	case *ast.SelectorExpr:
		path := owner.imports[e.X.(*ast.Ident).Name]
		if pkg := w[path]; pkg != nil {
			return pkg.types[e.Sel.Name]
		}
		return nil // A package that no API type uses.
	}
	return nil
}

// The struct behind a named type (`type List metav1.List` included) and the type that resolves its names.
func (w world) structOf(t *goType) (*ast.StructType, *goType) {
	for {
		switch e := t.expr.(type) {
		case *ast.StructType:
			return e, t
		case *ast.Ident, *ast.SelectorExpr:
			next := w.resolve(t, e)
			if next == nil {
				return nil, nil
			}
			t = next
		default:
			return nil, nil
		}
	}
}

func (w world) fieldsOf(t *goType) []goField {
	structure, owner := w.structOf(t)
	var result []goField
	for _, field := range structure.Fields.List {
		tag := reflect.StructTag("")
		if field.Tag != nil {
			text, _ := strconv.Unquote(field.Tag.Value)
			tag = reflect.StructTag(text)
		}
		jsonTag, ok := tag.Lookup("json")
		if !ok || jsonTag == "-" {
			continue
		}
		options := strings.Split(jsonTag, ",")
		f := goField{jsonName: options[0], expr: field.Type, owner: owner, markers: readMarkers(field.Doc),
			patchStrategy: tag.Get("patchStrategy"), patchMergeKey: tag.Get("patchMergeKey")}
		for _, option := range options[1:] {
			f.omitEmpty = f.omitEmpty || option == "omitempty"
			f.omitZero = f.omitZero || option == "omitzero"
		}
		f.inline = len(field.Names) == 0 && options[0] == ""
		if proto := strings.Split(tag.Get("protobuf"), ","); len(proto) > 1 {
			f.proto, _ = strconv.Atoi(proto[1])
		}
		result = append(result, f)
	}
	return result
}
