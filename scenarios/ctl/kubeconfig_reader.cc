#include "scenarios/ctl/kubeconfig_reader.h"

#include "apiserver/api/base64.h"
#include "apiserver/api/yaml.h"

namespace scenarios {
namespace {

using apiserver::Find;
using apiserver::TextAt;
using apiserver::Value;

// The entry `name` of the list `list`, or null.
const Value* EntryOf(const Value& config, std::string_view list, std::string_view name) {
  const Value* entries = Find(config, list);
  if (entries == nullptr || !entries->is_array()) return nullptr;
  for (const Value& entry : entries->get_array()) {
    if (TextAt(entry, {"name"}) == name) return &entry;
  }
  return nullptr;
}

class Reader {
 public:
  Reader(const std::string& path, const FileReader& read_file)
      : path_(path), read_file_(read_file) {}

  sim::Result<ServerAccess> Read(const Value& config) {
    const std::string_view current = TextAt(config, {"current-context"});
    const Value* context = EntryOf(config, "contexts", current);
    if (context == nullptr) {
      return sim::Error{path_ + " has no context \"" + std::string(current) + "\""};
    }
    const Value* cluster = EntryOf(config, "clusters", TextAt(*context, {"context", "cluster"}));
    const Value* user = EntryOf(config, "users", TextAt(*context, {"context", "user"}));
    if (cluster == nullptr || Find(*cluster, "cluster") == nullptr) {
      return sim::Error{path_ + " has no cluster for its current context"};
    }
    ReadCluster(*Find(*cluster, "cluster"));
    if (user != nullptr && Find(*user, "user") != nullptr) ReadUser(*Find(*user, "user"));
    if (!problem_.empty()) return sim::Error{path_ + ": " + problem_};
    return std::move(access_);
  }

 private:
  void ReadCluster(const Value& cluster) {
    access_.url = TextAt(cluster, {"server"});
    if (!access_.url.starts_with("https://")) problem_ = "its server is not reached by https";
    access_.authority_pem =
        Material(cluster, "certificate-authority-data", "certificate-authority");
    access_.skips_verification = apiserver::BoolAt(cluster, {"insecure-skip-tls-verify"});
    access_.server_name = TextAt(cluster, {"tls-server-name"});
  }
  void ReadUser(const Value& user) {
    if (Find(user, "exec") != nullptr || Find(user, "auth-provider") != nullptr) {
      problem_ = "a helper program for credentials is not supported: use a token or a certificate";
    }
    access_.token = TextAt(user, {"token"});
    if (const std::string_view file = TextAt(user, {"tokenFile"}); !file.empty()) {
      access_.token = FileText(std::string(file));
      while (!access_.token.empty() && access_.token.back() == '\n') access_.token.pop_back();
    }
    access_.certificate_pem = Material(user, "client-certificate-data", "client-certificate");
    access_.private_key_pem = Material(user, "client-key-data", "client-key");
  }

  std::string Material(const Value& value, std::string_view data, std::string_view file) {
    if (const std::string_view text = TextAt(value, {data}); !text.empty()) {
      auto bytes = apiserver::DecodeBase64(text);
      if (bytes.ok()) return std::move(bytes).value();
      problem_ = std::string(data) + " is not base64";
      return "";
    }
    const std::string_view name = TextAt(value, {file});
    return name.empty() ? "" : FileText(std::string(name));
  }
  std::string FileText(const std::string& name) {
    auto text = read_file_(name);
    if (text.ok()) return std::move(text).value();
    problem_ = text.error().message;
    return "";
  }

  const std::string& path_;
  const FileReader& read_file_;
  ServerAccess access_;
  std::string problem_;
};

}  // namespace

sim::Result<ServerAccess> ReadKubeconfig(const std::string& path, const std::string& text,
                                         const FileReader& read_file) {
  const auto parsed = apiserver::ParseYaml(text);
  if (!parsed.ok()) return sim::Error{path + ": " + parsed.error};
  if (!parsed.value.is_object()) return sim::Error{path + " is no kubeconfig"};
  return Reader(path, read_file).Read(parsed.value);
}

}  // namespace scenarios
