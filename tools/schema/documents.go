package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
)

// An OpenAPI v3 schema as far as the reference server's documents use it.
type schema struct {
	Ref                  string             `json:"$ref"`
	Type                 string             `json:"type"`
	Format               string             `json:"format"`
	Default              json.RawMessage    `json:"default"`
	Enum                 []string           `json:"enum"`
	Required             []string           `json:"required"`
	Properties           map[string]*schema `json:"properties"`
	Items                *schema            `json:"items"`
	AdditionalProperties *schema            `json:"additionalProperties"`
	ListType             string             `json:"x-kubernetes-list-type"`
	ListMapKeys          []string           `json:"x-kubernetes-list-map-keys"`
	MapType              string             `json:"x-kubernetes-map-type"`
	PatchStrategy        string             `json:"x-kubernetes-patch-strategy"`
	PatchMergeKey        string             `json:"x-kubernetes-patch-merge-key"`
	Unions               json.RawMessage    `json:"x-kubernetes-unions"`
}

type discoveryKind struct {
	Group   string `json:"group"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
}

type discoveryResource struct {
	Resource         string        `json:"resource"`
	ResponseKind     discoveryKind `json:"responseKind"`
	Scope            string        `json:"scope"`
	SingularResource string        `json:"singularResource"`
	Verbs            []string      `json:"verbs"`
	ShortNames       []string      `json:"shortNames"`
	Categories       []string      `json:"categories"`
	Subresources     []struct {
		Subresource   string          `json:"subresource"`
		ResponseKind  discoveryKind   `json:"responseKind"`
		AcceptedTypes []discoveryKind `json:"acceptedTypes"`
		Verbs         []string        `json:"verbs"`
	} `json:"subresources"`
}

type discoveryGroup struct {
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Versions []struct {
		Version   string              `json:"version"`
		Resources []discoveryResource `json:"resources"`
	} `json:"versions"`
}

type documents struct {
	schemas       map[string]*schema // by definition name
	groups        []discoveryGroup   // the core group first
	storageHashes map[string]string  // by "group/version/resource"
	paths         []string
}

func readJSON(file string, into any) {
	text, err := os.ReadFile(file)
	check(err)
	check(json.Unmarshal(text, into))
}

func readDocuments(directory string) *documents {
	docs := &documents{schemas: map[string]*schema{}, storageHashes: map[string]string{}}
	files, err := filepath.Glob(filepath.Join(directory, "openapi_v3", "*.json"))
	check(err)
	for _, file := range files {
		var document struct {
			Components struct {
				Schemas map[string]*schema `json:"schemas"`
			} `json:"components"`
		}
		readJSON(file, &document)
		for name, definition := range document.Components.Schemas {
			docs.schemas[name] = definition
		}
	}
	for _, name := range []string{"discovery_v2_api.json", "discovery_v2_apis.json"} {
		var list struct {
			Items []discoveryGroup `json:"items"`
		}
		readJSON(filepath.Join(directory, name), &list)
		docs.groups = append(docs.groups, list.Items...)
	}
	files, err = filepath.Glob(filepath.Join(directory, "resources", "*.json"))
	check(err)
	for _, file := range files {
		var list struct {
			GroupVersion string `json:"groupVersion"`
			Resources    []struct {
				Name               string `json:"name"`
				StorageVersionHash string `json:"storageVersionHash"`
			} `json:"resources"`
		}
		readJSON(file, &list)
		for _, resource := range list.Resources {
			docs.storageHashes[list.GroupVersion+"/"+resource.Name] = resource.StorageVersionHash
		}
	}
	var roots struct {
		Paths []string `json:"paths"`
	}
	readJSON(filepath.Join(directory, "paths.json"), &roots)
	docs.paths = roots.Paths
	return docs
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
