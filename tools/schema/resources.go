package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

func compactJSON(raw []byte) []byte {
	var buffer bytes.Buffer
	check(json.Compact(&buffer, raw))
	return buffer.Bytes()
}

// Resources that are stored as another group-version's kind.
var storedAs = map[string][2]string{
	"autoscaling/v1/horizontalpodautoscalers": {"autoscaling", "v2"},
	"events.k8s.io/v1/events":                 {"", "v1"},
}

// The kinds that a list resource lacks: they are only created or are only read one by one.
func listKind(r discoveryResource) string {
	for _, verb := range r.Verbs {
		if verb == "list" {
			return r.ResponseKind.Kind + "List"
		}
	}
	return ""
}

func writeResources(w world, docs *documents, out string) {
	u := &unit{world: w, docs: docs, known: map[string]string{}}
	var rows, groups strings.Builder
	constants := map[string]string{}
	for _, path := range sortedKeys(w) {
		for _, name := range w[path].order {
			if t := w[path].types[name]; w.isKind(t) {
				constants[w[path].group+"/"+w[path].name+"/"+name] = t.constantName()
			}
		}
	}
	for _, group := range docs.groups {
		name := group.Metadata.Name
		var versions []string
		for _, v := range group.Versions {
			versions = append(versions, v.Version)
			for _, r := range v.Resources {
				writeResource(u, &rows, name, v.Version, r, constants)
			}
		}
		fmt.Fprintf(&groups, "    {%s, %s},\n", quote(name), u.strings("Versions", versions))
	}
	text := generatedNote + "#include \"apiserver/schema/table/types.h\"\n#include \"apiserver/schema/builtin.h\"\n\nnamespace apiserver {\nnamespace {\n\n" + u.local.String() +
		"\nconstexpr ResourceInfo kResources[] = {\n" + rows.String() + "};\n\nconstexpr GroupInfo kGroups[] = {\n" + groups.String() +
		"};\n\n}  // namespace\n\nstd::span<const ResourceInfo> BuiltinResources() { return kResources; }\n\nstd::span<const GroupInfo> BuiltinGroups() { return kGroups; }\n\n}  // namespace apiserver\n"
	check(os.WriteFile(filepath.Join(out, "resources.cc"), []byte(text), 0o644))
}

func writeResource(u *unit, rows *strings.Builder, group, version string, r discoveryResource, constants map[string]string) {
	groupVersion := group + "/" + version
	if group == "" {
		groupVersion = version
	}
	storageGroup, storageVersion := group, version
	if stored, ok := storedAs[groupVersion+"/"+r.Resource]; ok {
		storageGroup, storageVersion = stored[0], stored[1]
	}
	subresources := ""
	if len(r.Subresources) > 0 {
		var texts []string
		for _, s := range r.Subresources {
			kind := s.ResponseKind
			if kind.Group == "" && kind.Version == "" {
				kind.Group, kind.Version = group, version
			}
			texts = append(texts, fmt.Sprintf("{.name = %s, .group = %s, .version = %s, .kind = %s, .verbs = %s, .type = &%s}", quote(s.Subresource),
				quote(kind.Group), quote(kind.Version), quote(kind.Kind), u.strings("Verbs", s.Verbs), constants[kind.Group+"/"+kind.Version+"/"+kind.Kind]))
		}
		subresources = u.shared("Subresources", "SubresourceInfo", "[] = {\n    "+strings.Join(texts, ",\n    ")+",\n}")
	}
	fmt.Fprintf(rows, "    {.group = %s, .version = %s, .resource = %s, .singular = %s, .kind = %s, .list_kind = %s, .namespaced = %v,\n     .verbs = %s", quote(group), quote(version),
		quote(r.Resource), quote(r.SingularResource), quote(r.ResponseKind.Kind), quote(listKind(r)), r.Scope == "Namespaced", u.strings("Verbs", r.Verbs))
	if names := u.strings("ShortNames", r.ShortNames); names != "" {
		fmt.Fprintf(rows, ", .short_names = %s", names)
	}
	if names := u.strings("Categories", r.Categories); names != "" {
		fmt.Fprintf(rows, ", .categories = %s", names)
	}
	if subresources != "" {
		fmt.Fprintf(rows, ", .subresources = %s", subresources)
	}
	fmt.Fprintf(rows, ",\n     .storage_group = %s, .storage_version = %s, .storage_version_hash = %s, .type = &%s},\n", quote(storageGroup), quote(storageVersion),
		quote(docs(u, groupVersion, r.Resource)), constants[group+"/"+version+"/"+r.ResponseKind.Kind])
}

func docs(u *unit, groupVersion, resource string) string {
	return u.docs.storageHashes[groupVersion+"/"+resource]
}
