#include "apiserver/hooks/webhook_conversions.h"

#include <map>
#include <set>
#include <utility>

#include "apiserver/api/json_write.h"
#include "apiserver/hooks/admission_review.h"
#include "apiserver/hooks/asked_url.h"
#include "apiserver/hooks/conversion_review.h"
#include "apiserver/hooks/service_place.h"
#include "apiserver/ports/admission_memo.h"
#include "sim/random.h"

namespace apiserver {
namespace {

constexpr int kTimeoutSeconds = 30;

ServiceReference ServiceOf(const ConversionWebhook& webhook) {
  return {webhook.service_namespace, webhook.service_name, webhook.service_path,
          webhook.service_port};
}

// The call without its body. What is wrong with the Service that it goes to is the error.
std::string Aim(const Store& store, const ConversionWebhook& webhook, OutsideCall& call) {
  std::string problem;
  if (webhook.url.empty()) {
    problem = AimAtService(store, ServiceOf(webhook), call);
  } else {
    call.url = webhook.url;
  }
  call.url = AskedUrl(call.url, kTimeoutSeconds);
  call.key = "conversion_webhook_for_" + webhook.definition;
  call.timeout = std::chrono::seconds(kTimeoutSeconds);
  call.tls.authorities_pem = webhook.authorities_pem;
  call.headers = {{"Content-Type", "application/json"},
                  {"Accept", "application/json, */*"},
                  {"User-Agent", "kube-apiserver-admission"}};
  call.shown_revision = store.revision();
  return problem;
}

class Memo final : public ConversionMemo {
 public:
  Memo(sim::Kernel& kernel, const Store& store, OutsideCaller& caller)
      : kernel_(kernel), store_(store), caller_(caller) {}

  ApiResult<Value> Convert(const ConversionWebhook& webhook, const Value& object,
                           const std::string& api_version) override {
    std::string text = ToJson(object);
    const Target target{webhook.definition, api_version};
    const auto known = known_.find({target, text});
    if (known != known_.end()) {
      if (!known->second.ok()) return known->second.error();
      return Value(*known->second, object.storage());
    }
    if (ReviewVersionFor(webhook.review_versions).empty()) {
      return ConversionFailure(object, " failed: no supported conversion review versions");
    }
    Lacking& lacking = lacking_[target];
    lacking.webhook = webhook;
    if (lacking.is_listed.insert(text).second) {
      lacking.texts.push_back(std::move(text));
      lacking.objects.emplace_back(object, JsonStorage());
    }
    ApiError awaits;
    awaits.code = kAwaitsWebhook;
    return awaits;
  }

  bool is_lacking() const override { return !lacking_.empty(); }

  sim::Task<> Fetch() override {
    std::vector<Call> calls = Start();
    for (Call& call : calls) {
      sim::Result<OutsideAnswer> answer = co_await call.task;
      Keep(call, answer);
    }
  }

 private:
  struct Target {
    std::string definition;
    std::string api_version;
    auto operator<=>(const Target&) const = default;
  };
  // What one review will ask about, in the order in which it was missed.
  struct Lacking {
    ConversionWebhook webhook;
    std::vector<std::string> texts;
    std::vector<Value> objects;
    std::set<std::string> is_listed;
  };
  struct Call {
    Target target;
    ConversionQuestion question;
    std::vector<std::string> texts;  // of the objects asked about
    sim::Task<sim::Result<OutsideAnswer>> task;
  };

  std::vector<Call> Start() {
    std::vector<Call> calls;
    std::map<Target, Lacking> all = std::exchange(lacking_, {});
    for (auto& [target, lacking] : all) {
      ConversionQuestion question;
      question.uid = kernel_.Stream("webhooks").Uuid();
      question.review_version = ReviewVersionFor(lacking.webhook.review_versions);
      question.api_version = target.api_version;
      question.objects = std::move(lacking.objects);
      std::vector<std::string> texts = std::move(lacking.texts);
      OutsideCall call;
      const std::string problem = Aim(store_, lacking.webhook, call);
      if (!problem.empty()) {
        sim::Error error{"Post \"" + call.url + "\": " + problem};
        calls.push_back(
            {target, std::move(question), std::move(texts),
             sim::Task<sim::Result<OutsideAnswer>>(sim::Result<OutsideAnswer>(std::move(error)))});
        continue;
      }
      call.body = ConversionText(question);
      calls.push_back(
          {target, std::move(question), std::move(texts), caller_.Call(std::move(call))});
    }
    return calls;
  }

  void Keep(Call& call, const sim::Result<OutsideAnswer>& answer) {
    ApiResult<std::vector<ApiResult<Value>>> results = ReadConversion(call.question, answer);
    for (std::size_t i = 0; i < call.texts.size(); ++i) {
      ApiResult<Value> result =
          results.ok() ? std::move((*results)[i]) : ApiResult<Value>(results.error());
      known_.emplace(std::pair(call.target, std::move(call.texts[i])), std::move(result));
    }
  }

  sim::Kernel& kernel_;
  const Store& store_;
  OutsideCaller& caller_;
  std::map<Target, Lacking> lacking_;
  std::map<std::pair<Target, std::string>, ApiResult<Value>> known_;
};

}  // namespace

std::unique_ptr<ConversionMemo> WebhookConversions::NewMemo() {
  return std::make_unique<Memo>(kernel_, store_, caller_);
}

}  // namespace apiserver
