// The C++ expressions for types: leaves, lists, maps, structs.
package main

import (
	"fmt"
	"go/ast"
	"strings"
)

// Types whose JSON form is not that of their Go struct: kind and protobuf form.
var special = map[string][2]string{
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":                                             {"kTime", "kPlain"},
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":                                        {"kMicroTime", "kPlain"},
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":                                         {"kDuration", "kPlain"},
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":                                         {"kAny", "kRaw"},
	"k8s.io/apimachinery/pkg/api/resource.Quantity":                                         {"kQuantity", "kPlain"},
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString":                                       {"kIntOrString", "kPlain"},
	"k8s.io/apimachinery/pkg/runtime.RawExtension":                                          {"kAny", "kRaw"},
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON":                         {"kAny", "kRaw"},
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrArray":       {"kAny", "kSchemaOrArray"},
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrBool":        {"kAny", "kSchemaOrBool"},
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOrStringArray": {"kAny", "kSchemaOrStrings"},
}

var predeclared = map[string][2]string{
	"string": {"kString", "string"}, "bool": {"kBool", "bool"}, "int": {"kInt64", "int"}, "int32": {"kInt32", "int32"},
	"int64": {"kInt64", "int64"}, "float64": {"kFloat64", "float64"},
}

// Markers a field puts on its list, map or struct type.
type fieldMarks struct {
	listType, mapType, structType, patchStrategy, patchMergeKey string
	listMapKeys                                                 []string
}

func (m fieldMarks) patch() string {
	if m.patchStrategy == "" {
		return ""
	}
	name := map[string]string{"merge": "kMerge", "replace": "kReplace", "retainKeys": "kRetainKeys",
		"merge,retainKeys": "kMergeRetainKeys"}[m.patchStrategy]
	text := ", .patch_strategy = PatchStrategy::" + name
	if m.patchMergeKey != "" {
		text += ", .patch_merge_key = " + quote(m.patchMergeKey)
	}
	return text
}

// The C++ expression for the type of `expr` as used in a field, its schema document if known.
func (u *unit) typeOf(owner *goType, expr ast.Expr, marks fieldMarks, doc *schema) string {
	w := u.world
	switch e := expr.(type) {
	case *ast.StarExpr:
		return u.typeOf(owner, e.X, marks, doc)
	case *ast.InterfaceType:
		return "&" + u.shared("Type", "Type", `{.kind = TypeKind::kAny, .go_type = "interface {}"}`)
	case *ast.ArrayType:
		return u.listOf(owner, e, w.goTypeText(owner, e), "", marks, doc)
	case *ast.MapType:
		return u.mapOf(owner, e, w.goTypeText(owner, e), "", marks, doc)
	}
	named := w.resolve(owner, expr)
	if named == nil {
		kind := predeclared[expr.(*ast.Ident).Name]
		return "&" + u.shared("Type", "Type", fmt.Sprintf(`{.kind = TypeKind::%s, .go_name = "%s", .go_type = "%s"}`, kind[0], kind[1], kind[1]))
	}
	if _, ok := special[w.key(named)]; ok {
		return "&" + named.constantName()
	}
	if structure, _ := w.structOf(named); structure != nil {
		if marks.patchStrategy == "" {
			return "&" + named.constantName()
		}
		return "&" + u.shared("Type", "Type", u.structBody(named, marks.patch()))
	}
	text := named.pkg.name + "." + named.name
	switch e := named.expr.(type) {
	case *ast.ArrayType:
		return u.listOf(named, e, text, named.name, marks, doc)
	case *ast.MapType:
		return u.mapOf(named, e, text, named.name, marks, doc)
	}
	return "&" + u.leafOf(named)
}

// A named string, bool or number.
func (u *unit) leafOf(named *goType) string {
	w := u.world
	base := named
	for {
		next := w.resolve(base, base.expr)
		if next == nil {
			break
		}
		base = next
	}
	kind := predeclared[base.expr.(*ast.Ident).Name][0]
	body := fmt.Sprintf(`{.kind = TypeKind::%s, .go_name = "%s", .go_type = "%s.%s"`, kind, named.name, named.pkg.name, named.name)
	if values := u.enums[named]; len(values) > 0 {
		body += ", .enum_values = " + u.strings("Enum", values)
	}
	return u.shared("Type", "Type", body+"}")
}

func (u *unit) listOf(owner *goType, e *ast.ArrayType, text, name string, marks fieldMarks, doc *schema) string {
	if ident, ok := e.Elt.(*ast.Ident); ok && ident.Name == "byte" {
		body := `{.kind = TypeKind::kBytes, .go_name = "[]uint8", .go_type = "[]uint8"`
		if marks.listType != "" {
			body += ", .declares_list_type = true"
		}
		return "&" + u.shared("Type", "Type", body+"}")
	}
	var items *schema
	if doc != nil {
		items = doc.Items
	}
	_, pointer := e.Elt.(*ast.StarExpr)
	element := u.typeOf(owner, e.Elt, fieldMarks{}, items)
	body := fmt.Sprintf(`{.kind = TypeKind::kList, .go_name = "%s", .go_type = "%s", .element = %s`, text, text, element)
	if pointer {
		body += ", .element_is_pointer = true"
	}
	if marks.listType != "" {
		listType := map[string]string{"atomic": "kAtomic", "set": "kSet", "map": "kMap"}[marks.listType]
		body += ", .list_type = ListType::" + listType
	}
	if keys := u.strings("Keys", marks.listMapKeys); keys != "" {
		body += ", .list_map_keys = " + keys
	}
	body += marks.patch()
	if marks.listType != "" {
		body += ", .declares_list_type = true"
	}
	if name != "" && owner.pkg.messages[name] {
		body += ", .proto_form = ProtoForm::kItems"
	}
	return "&" + u.shared("Type", "Type", body+"}")
}

func (u *unit) mapOf(owner *goType, e *ast.MapType, text, name string, marks fieldMarks, doc *schema) string {
	var values *schema
	if doc != nil {
		values = doc.AdditionalProperties
	}
	element := u.typeOf(owner, e.Value, fieldMarks{}, values)
	body := fmt.Sprintf(`{.kind = TypeKind::kMap, .go_name = "%s", .go_type = "%s", .element = %s`, text, text, element)
	return "&" + u.shared("Type", "Type", body+marks.patch()+"}")
}

// The braces of a struct's Type; `extra` is added by fields that declare a patch strategy.
func (u *unit) structBody(t *goType, extra string) string {
	doc := u.docs.schemas[t.openAPIName()]
	body := fmt.Sprintf("{.kind = TypeKind::kStruct, .name = \"%s\", .go_name = \"%s\", .go_type = \"%s.%s\"", t.openAPIName(), t.name, t.pkg.name, t.name)
	fields, protos := u.countFields(t)
	constant := strings.TrimPrefix(t.constantName(), "k")
	if fields > 0 {
		body += fmt.Sprintf(", .fields = {kFields%s, %d}", constant, fields)
	}
	if protos > 0 {
		body += fmt.Sprintf(", .proto = {kProto%s, %d}", constant, protos)
	}
	body += extra
	if hasMarker(t.markers, "structType", "atomic") || (doc != nil && doc.MapType == "atomic") {
		body += ", .is_atomic = true"
	}
	if doc != nil && len(doc.Unions) > 0 {
		body += ", .unions_json = " + rawText(compact(doc.Unions))
	}
	return body + "}"
}
