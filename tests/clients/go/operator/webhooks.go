package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
)

// A certificate that signs itself, for 127.0.0.1, written to a folder of its own; answers the folder and the authority.
func selfSigned() (string, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", nil, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(1, 0, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return "", nil, err
	}
	keyDer, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return "", nil, err
	}
	folder, err := os.MkdirTemp("", "websites-")
	if err != nil {
		return "", nil, err
	}
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	if err := os.WriteFile(filepath.Join(folder, "tls.crt"), authority, 0o600); err != nil {
		return "", nil, err
	}
	keyPem := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDer})
	return folder, authority, os.WriteFile(filepath.Join(folder, "tls.key"), keyPem, 0o600)
}

func toURL(config *admissionv1.WebhookClientConfig, port int, authority []byte) {
	url := fmt.Sprintf("https://127.0.0.1:%d%s", port, *config.Service.Path)
	*config = admissionv1.WebhookClientConfig{URL: &url, CABundle: authority}
}

// Has the API server ask this process: whoever leads puts its own address there.
func installWebhooks(ctx context.Context, manager ctrl.Manager, manifests string, port int, authority []byte) error {
	text, err := os.ReadFile(manifests)
	if err != nil {
		return err
	}
	documents := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	mutating, validating := &admissionv1.MutatingWebhookConfiguration{}, &admissionv1.ValidatingWebhookConfiguration{}
	if err := documents.Decode(mutating); err != nil {
		return err
	}
	if err := documents.Decode(validating); err != nil {
		return err
	}
	for index := range mutating.Webhooks {
		toURL(&mutating.Webhooks[index].ClientConfig, port, authority)
	}
	for index := range validating.Webhooks {
		toURL(&validating.Webhooks[index].ClientConfig, port, authority)
	}
	for _, object := range []client.Object{mutating, validating} {
		wanted := object.DeepCopyObject()
		if _, err := controllerutil.CreateOrUpdate(ctx, manager.GetClient(), object, func() error {
			switch object := object.(type) {
			case *admissionv1.MutatingWebhookConfiguration:
				object.Webhooks = wanted.(*admissionv1.MutatingWebhookConfiguration).Webhooks
			case *admissionv1.ValidatingWebhookConfiguration:
				object.Webhooks = wanted.(*admissionv1.ValidatingWebhookConfiguration).Webhooks
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}
