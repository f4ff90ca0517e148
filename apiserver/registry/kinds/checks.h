// Small rules that many kinds share. Each takes the object that holds a member, the member's name
// and the path of the holder, and says nothing when all is well.
//
// Source of the words: k8s.io/apimachinery pkg/api/validation,
// kubernetes/pkg/apis/core/validation, 1.36.
#pragma once

#include <string_view>

#include "apiserver/api/join.h"
#include "apiserver/registry/kinds/violations.h"

namespace apiserver {

inline constexpr std::string_view kFieldImmutable = "field is immutable";
inline constexpr std::string_view kNotNegative = "must be greater than or equal to 0";

// An integer member that is set and below 0.
void CheckNonNegative(const Object& holder, std::string_view name, const FieldPath& path,
                      Violations& out);
// A quantity below 0.
void CheckNonNegativeQuantity(const Value& quantity, const FieldPath& path, Violations& out);
// A member that differs from the old one.
void CheckImmutable(const Object& holder, const Object& old, std::string_view name,
                    const FieldPath& path, Violations& out);

// The same of a Go string without pointer: an absent one is shown as "".
void CheckImmutableText(const Object& holder, const Object& old, std::string_view name,
                        const FieldPath& path, Violations& out);

// The same of a struct, shown as upstream's `type` ("storage.VolumeAttachmentSpec").
void CheckImmutableStruct(std::string_view type, const Object& holder, const Object& old,
                          std::string_view name, const FieldPath& path, Violations& out);

// Maps of labels or annotations, label selectors.
void CheckLabelMap(const Object& holder, std::string_view name, const FieldPath& path,
                   Violations& out);
void CheckAnnotationMap(const Object& annotations, const FieldPath& path, Violations& out);
// What the template of a claim says of metadata: labels and annotations, nothing else.
void CheckTemplateMetadata(const Object& metadata, const FieldPath& path, Violations& out);
void CheckSelector(const Object& holder, std::string_view name, const FieldPath& path,
                   Violations& out);

// Texts at `path` itself.
void CheckDnsLabel(std::string_view text, const FieldPath& path, Violations& out);
void CheckDnsSubdomain(std::string_view text, const FieldPath& path, Violations& out);
void CheckQualified(std::string_view text, const FieldPath& path, Violations& out);
// "acme.io/foo": a domain, "/" and a path.
void CheckDomainPrefixedPath(std::string_view text, const FieldPath& path, Violations& out);
// Not one of `supported`: "Unsupported value".
void CheckOneOf(std::string_view text, SupportedValues supported, const FieldPath& path,
                Violations& out);
// The same; an absent or empty member is "Required value".
void CheckRequiredOneOf(const Object& holder, std::string_view name, SupportedValues supported,
                        const FieldPath& path, Violations& out);
// The same; an absent member is well.
void CheckOptionalOneOf(const Object& holder, std::string_view name, SupportedValues supported,
                        const FieldPath& path, Violations& out);
// An absent or empty text is "Required value".
bool CheckRequiredText(const Object& holder, std::string_view name, const FieldPath& path,
                       Violations& out);

// A port number, or the name of one.
void CheckPort(const Value& port, const FieldPath& path, Violations& out);
// A number >= 0 or a percentage.
void CheckIntOrPercent(const Value& value, const FieldPath& path, Violations& out);
void CheckAtMost100Percent(const Value& value, const FieldPath& path, Violations& out);
// The number itself or that before the "%"; 0 for other texts.
std::int64_t IntOrPercentValue(const Value& value);

// A pod template's labels must match the selector.
void CheckSelectsTemplate(const Object& spec, const FieldPath& path, Violations& out);

}  // namespace apiserver
