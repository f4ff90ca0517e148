// A conversion webhook as kubebuilder serves it, and what a client sees of objects in both versions. Ends with status 1
// and says why when the cluster behaves otherwise than Kubernetes.
package main

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"
	webhook "sigs.k8s.io/controller-runtime/pkg/webhook/conversion"
)

var definitions = schema.GroupVersionResource{Group: "apiextensions.k8s.io", Version: "v1", Resource: "customresourcedefinitions"}

func check(ok bool, format string, arguments ...any) {
	if !ok {
		log.Fatalf(format, arguments...)
	}
}

func must[T any](value T, err error) T {
	check(err == nil, "%v", err)
	return value
}

func definition(url string, authority []byte) *unstructured.Unstructured {
	schemaOf := func(properties string) string {
		return `{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":` + properties + `}}}}`
	}
	text := `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"doors.` + group + `"},
	"spec":{"group":"` + group + `","scope":"Namespaced","names":{"plural":"doors","singular":"door","kind":"Door","listKind":"DoorList"},
	"versions":[{"name":"v1","served":true,"storage":true,"schema":` + schemaOf(`{"address":{"type":"string"}}`) + `},
	{"name":"v2","served":true,"storage":false,"schema":` + schemaOf(`{"host":{"type":"string"},"port":{"type":"integer"}}`) + `}],
	"conversion":{"strategy":"Webhook","webhook":{"conversionReviewVersions":["v1"],"clientConfig":{}}}}}`
	made := &unstructured.Unstructured{}
	check(json.Unmarshal([]byte(text), made) == nil, "the definition is no JSON")
	client := map[string]any{"url": url, "caBundle": authority}
	must(0, unstructured.SetNestedField(made.Object, any(jsonOf(client)), "spec", "conversion", "webhook", "clientConfig"))
	return made
}

func jsonOf(value any) map[string]any {
	var read map[string]any
	check(json.Unmarshal(must(json.Marshal(value)), &read) == nil, "no object: %v", value)
	return read
}

func door(version, name string, spec map[string]any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{"apiVersion": group + "/" + version, "kind": "Door",
		"metadata": map[string]any{"name": name}, "spec": spec}}
}

type story struct {
	ctx     context.Context
	client  dynamic.Interface
	asked   *atomic.Int64
	doors   map[string]dynamic.ResourceInterface
	webhook *httptest.Server
}

func (s *story) spec(version, name string) string {
	found := must(s.doors[version].Get(s.ctx, name, metav1.GetOptions{}))
	check(found.GetAPIVersion() == group+"/"+version, "asked for %s, got %s", version, found.GetAPIVersion())
	return string(must(json.Marshal(found.Object["spec"])))
}

func (s *story) install() {
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.webhook.Certificate().Raw})
	must(s.client.Resource(definitions).Create(s.ctx, definition(s.webhook.URL+"/convert", authority), metav1.CreateOptions{}))
	for try := 0; ; try++ {
		_, err := s.doors["v2"].List(s.ctx, metav1.ListOptions{})
		if err == nil {
			return
		}
		check(try < 100, "not served: %v", err)
		time.Sleep(50 * time.Millisecond)
	}
}

func (s *story) writesAndReads() {
	must(s.doors["v1"].Create(s.ctx, door("v1", "front", map[string]any{"address": "hall:80"}), metav1.CreateOptions{}))
	check(s.spec("v2", "front") == `{"host":"hall","port":80}`, "v2 shows %s", s.spec("v2", "front"))
	made := must(s.doors["v2"].Create(s.ctx, door("v2", "back", map[string]any{"host": "yard", "port": int64(81)}), metav1.CreateOptions{}))
	check(made.GetUID() != "" && made.GetGeneration() == 1, "made %v", made)
	check(s.spec("v1", "back") == `{"address":"yard:81"}`, "v1 shows %s", s.spec("v1", "back"))
	must(s.doors["v2"].Patch(s.ctx, "back", types.MergePatchType, []byte(`{"spec":{"port":82}}`), metav1.PatchOptions{}))
	check(s.spec("v1", "back") == `{"address":"yard:82"}`, "after a patch v1 shows %s", s.spec("v1", "back"))
	applied := must(s.doors["v2"].Apply(s.ctx, "side", door("v2", "side", map[string]any{"host": "lane", "port": int64(1)}),
		metav1.ApplyOptions{FieldManager: "applier"}))
	applied = must(s.doors["v2"].Apply(s.ctx, "side", door("v2", "side", map[string]any{"host": "lane", "port": int64(2)}),
		metav1.ApplyOptions{FieldManager: "applier"}))
	check(len(applied.GetManagedFields()) == 1 && applied.GetManagedFields()[0].APIVersion == group+"/v2", "%v", applied.GetManagedFields())
	check(s.spec("v1", "side") == `{"address":"lane:2"}`, "after an apply v1 shows %s", s.spec("v1", "side"))
	before := s.asked.Load()
	list := must(s.doors["v2"].List(s.ctx, metav1.ListOptions{}))
	check(len(list.Items) == 3 && s.asked.Load() <= before+1, "%d doors by %d reviews", len(list.Items), s.asked.Load()-before)
}

func (s *story) watches() {
	list := must(s.doors["v2"].List(s.ctx, metav1.ListOptions{}))
	watcher := must(s.doors["v2"].Watch(s.ctx, metav1.ListOptions{ResourceVersion: list.GetResourceVersion()}))
	defer watcher.Stop()
	for _, port := range []int64{90, 91, 92} {
		patch := fmt.Sprintf(`{"spec":{"address":"hall:%d"}}`, port)
		must(s.doors["v1"].Patch(s.ctx, "front", types.MergePatchType, []byte(patch), metav1.PatchOptions{}))
	}
	must(0, s.doors["v1"].Delete(s.ctx, "front", metav1.DeleteOptions{}))
	for _, want := range []string{"MODIFIED 90", "MODIFIED 91", "MODIFIED 92", "DELETED 92"} {
		event := <-watcher.ResultChan()
		seen, ok := event.Object.(*unstructured.Unstructured)
		check(ok, "watched %v", event)
		port, _, _ := unstructured.NestedInt64(seen.Object, "spec", "port")
		check(fmt.Sprintf("%s %d", event.Type, port) == want, "watched %s %d, want %s", event.Type, port, want)
	}
}

// Objects move to the new storage version when somebody writes them, changed or not.
func (s *story) migrates() {
	patch := `[{"op":"replace","path":"/spec/versions/0/storage","value":false},{"op":"replace","path":"/spec/versions/1/storage","value":true}]`
	changed := must(s.client.Resource(definitions).Patch(s.ctx, "doors."+group, types.JSONPatchType, []byte(patch), metav1.PatchOptions{}))
	stored, _, _ := unstructured.NestedStringSlice(changed.Object, "status", "storedVersions")
	check(strings.Join(stored, " ") == "v1 v2", "stored versions %v", stored)
	old := must(s.doors["v1"].Get(s.ctx, "back", metav1.GetOptions{}))
	rewritten := must(s.doors["v1"].Update(s.ctx, old, metav1.UpdateOptions{}))
	check(rewritten.GetResourceVersion() != old.GetResourceVersion(), "nothing was rewritten")
	before := s.asked.Load()
	check(s.spec("v2", "back") == `{"host":"yard","port":82}`, "v2 shows %s", s.spec("v2", "back"))
	check(s.asked.Load() == before, "what lies in v2 was converted")
}

func (s *story) fails() {
	_, err := s.doors["v1"].Create(s.ctx, door("v1", "broken", map[string]any{"address": "nowhere"}), metav1.CreateOptions{})
	want := `conversion webhook for ` + group + `/v1, Kind=Door failed: address "nowhere" has no port`
	check(err != nil && err.Error() == want, "a refused conversion gave %v", err)
	s.webhook.Close()
	_, err = s.doors["v1"].Get(s.ctx, "back", metav1.GetOptions{})
	check(err != nil && strings.Contains(err.Error(), `Kind=Door failed: Post "`+s.webhook.URL+`/convert?timeout=30s": dial tcp`),
		"a webhook that is gone gave %v", err)
}

func main() {
	log.SetFlags(0)
	config := must(clientcmd.BuildConfigFromFlags("", os.Args[1]))
	s := &story{ctx: context.Background(), client: dynamic.NewForConfigOrDie(config), asked: &atomic.Int64{}, doors: map[string]dynamic.ResourceInterface{}}
	for _, version := range []string{"v1", "v2"} {
		s.doors[version] = s.client.Resource(schema.GroupVersionResource{Group: group, Version: version, Resource: "doors"}).Namespace("default")
	}
	handler := webhook.NewWebhookHandler(scheme(), webhook.NewRegistry())
	s.webhook = httptest.NewTLSServer(http.HandlerFunc(func(answer http.ResponseWriter, request *http.Request) {
		s.asked.Add(1)
		handler.ServeHTTP(answer, request)
	}))
	s.install()
	s.writesAndReads()
	s.watches()
	s.migrates()
	s.fails()
	fmt.Printf("controller-runtime conversion webhook: written, listed, watched and migrated across versions, %d reviews\n", s.asked.Load())
}
