// The two versions of a Door: v1 keeps "host:port" in one field, v2 (the hub) in two.
package main

import (
	"fmt"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/conversion"
)

const group = "doors.example.com"

type specV1 struct {
	Address string `json:"address,omitempty"`
}

// DoorV1 is the old form.
type DoorV1 struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              specV1 `json:"spec,omitempty"`
}

type specV2 struct {
	Host string `json:"host,omitempty"`
	Port int    `json:"port,omitempty"`
}

// DoorV2 is the hub.
type DoorV2 struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              specV2 `json:"spec,omitempty"`
}

// DeepCopyObject is what a runtime.Object needs.
func (d *DoorV1) DeepCopyObject() runtime.Object {
	copied := *d
	copied.ObjectMeta = *d.ObjectMeta.DeepCopy()
	return &copied
}

// DeepCopyObject is what a runtime.Object needs.
func (d *DoorV2) DeepCopyObject() runtime.Object {
	copied := *d
	copied.ObjectMeta = *d.ObjectMeta.DeepCopy()
	return &copied
}

// Hub marks the version that all others are converted through.
func (d *DoorV2) Hub() {}

// ConvertTo makes the hub's form.
func (d *DoorV1) ConvertTo(hub conversion.Hub) error {
	to := hub.(*DoorV2)
	to.ObjectMeta = d.ObjectMeta
	host, port, found := strings.Cut(d.Spec.Address, ":")
	if !found {
		return fmt.Errorf("address %q has no port", d.Spec.Address)
	}
	number, err := strconv.Atoi(port)
	to.Spec = specV2{Host: host, Port: number}
	return err
}

// ConvertFrom reads the hub's form.
func (d *DoorV1) ConvertFrom(hub conversion.Hub) error {
	from := hub.(*DoorV2)
	d.ObjectMeta = from.ObjectMeta
	d.Spec.Address = fmt.Sprintf("%s:%d", from.Spec.Host, from.Spec.Port)
	return nil
}

func scheme() *runtime.Scheme {
	all := runtime.NewScheme()
	for version, door := range map[string]runtime.Object{"v1": &DoorV1{}, "v2": &DoorV2{}} {
		kind := schema.GroupVersionKind{Group: group, Version: version, Kind: "Door"}
		all.AddKnownTypeWithName(kind, door)
		metav1.AddToGroupVersion(all, kind.GroupVersion())
	}
	return all
}
