package websites

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// How long the handler that reads the API thinks about it.
var Consideration = 3 * time.Second

// Gives a Website without one an owner: whom the namespace names, or nobody.
type ownerMutator struct{}

func (ownerMutator) Handle(_ context.Context, request admission.Request) admission.Response {
	site := New()
	if err := site.UnmarshalJSON(request.Object.Raw); err != nil {
		return admission.Errored(http.StatusBadRequest, err)
	}
	labels := site.GetLabels()
	if labels["owner"] != "" {
		return admission.Allowed("has an owner")
	}
	if labels == nil {
		labels = map[string]string{}
	}
	labels["owner"] = "nobody"
	site.SetLabels(labels)
	changed, err := site.MarshalJSON()
	if err != nil {
		return admission.Errored(http.StatusInternalServerError, err)
	}
	return admission.PatchResponseFromRaw(request.Object.Raw, changed)
}

// Refuses images that the namespace's annotation `forbidden` is in, and takes its time.
type imageValidator struct{ reader client.Reader }

func (v imageValidator) Handle(ctx context.Context, request admission.Request) admission.Response {
	namespace, object := &corev1.Namespace{}, &unstructured.Unstructured{}
	if err := v.reader.Get(ctx, client.ObjectKey{Name: request.Namespace}, namespace); err != nil {
		return admission.Errored(http.StatusInternalServerError, err)
	}
	if err := object.UnmarshalJSON(request.Object.Raw); err != nil {
		return admission.Errored(http.StatusBadRequest, err)
	}
	select {
	case <-time.After(Consideration):
	case <-ctx.Done():
		return admission.Errored(http.StatusServiceUnavailable, ctx.Err())
	}
	image, _, _ := unstructured.NestedString(object.Object, "spec", "image")
	if forbidden := namespace.Annotations["forbidden"]; forbidden != "" && strings.Contains(image, forbidden) {
		return admission.Denied(fmt.Sprintf("image %s is forbidden in %s", image, request.Namespace))
	}
	return admission.Allowed("")
}

// Never answers: whoever asks has to know what that means.
func neverAnswer(_ http.ResponseWriter, request *http.Request) { <-request.Context().Done() }

// SetUpWebhooks adds the handlers to a manager's webhook server.
func SetUpWebhooks(manager ctrl.Manager) {
	server := manager.GetWebhookServer()
	server.Register("/mutate-websites", &webhook.Admission{Handler: ownerMutator{}})
	server.Register("/validate-websites", &webhook.Admission{Handler: imageValidator{manager.GetAPIReader()}})
	server.Register("/never", http.HandlerFunc(neverAnswer))
}
