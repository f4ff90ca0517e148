#include "sim/host/virtual_process/protocol.h"

#include "sim/byte_codec.h"

namespace sim::virtual_process {
namespace {

void PutTexts(ByteWriter& out, const std::vector<std::string>& texts) {
  out.U32(static_cast<std::uint32_t>(texts.size()));
  for (const std::string& text : texts) out.Text(text);
}

std::vector<std::string> TakeTexts(ByteReader& in) {
  std::vector<std::string> texts;
  const std::uint32_t count = in.U32();
  for (std::uint32_t index = 0; index < count && in.ok(); ++index) texts.emplace_back(in.Text());
  return texts;
}

void PutWires(ByteWriter& out, const std::vector<Wire>& wires) {
  out.U32(static_cast<std::uint32_t>(wires.size()));
  for (const Wire& wire : wires) {
    out.U64(wire.connection).U8(wire.is_end ? 1 : 0).Text(wire.bytes);
  }
}

std::vector<Wire> TakeWires(ByteReader& in) {
  std::vector<Wire> wires;
  const std::uint32_t count = in.U32();
  for (std::uint32_t index = 0; index < count && in.ok(); ++index) {
    Wire& wire = wires.emplace_back();
    wire.connection = in.U64();
    wire.is_end = in.U8() != 0;
    wire.bytes = in.Text();
  }
  return wires;
}

// One pair of functions per message: what Put writes, Take reads.
void Put(ByteWriter& out, const StartMessage& m) {
  out.Text(m.program)
      .Text(m.directory)
      .Text(m.home)
      .Text(m.account_directory)
      .Text(m.trail)
      .U64(m.seed)
      .U64(m.place)
      .I64(m.time);
  out.U32(m.server_port).U32(m.processor_count);
  PutTexts(out, m.arguments);
  PutTexts(out, m.environment);
}
void Take(ByteReader& in, StartMessage& m) {
  m.program = in.Text();
  m.directory = in.Text();
  m.home = in.Text();
  m.account_directory = in.Text();
  m.trail = in.Text();
  m.seed = in.U64();
  m.place = in.U64();
  m.time = in.I64();
  m.server_port = in.U32();
  m.processor_count = in.U32();
  m.arguments = TakeTexts(in);
  m.environment = TakeTexts(in);
}

void Put(ByteWriter& out, const RunMessage& m) {
  out.U64(m.number).I64(m.now).I64(m.until);
  PutWires(out, m.wires);
}
void Take(ByteReader& in, RunMessage& m) {
  m.number = in.U64();
  m.now = in.I64();
  m.until = in.I64();
  m.wires = TakeWires(in);
}

void Put(ByteWriter& out, const SignalMessage& m) { out.I64(m.number); }
void Take(ByteReader& in, SignalMessage& m) { m.number = static_cast<std::int32_t>(in.I64()); }

void Put(ByteWriter& out, const QuietMessage& m) {
  out.U64(m.number).I64(m.now).I64(m.deadline).U8(m.has_undelivered ? 1 : 0);
  out.U32(static_cast<std::uint32_t>(m.unread.size()));
  for (const Unread& unread : m.unread) out.U64(unread.connection).U64(unread.bytes);
  PutWires(out, m.wires);
}
void Take(ByteReader& in, QuietMessage& m) {
  m.number = in.U64();
  m.now = in.I64();
  m.deadline = in.I64();
  m.has_undelivered = in.U8() != 0;
  const std::uint32_t count = in.U32();
  for (std::uint32_t index = 0; index < count && in.ok(); ++index) {
    Unread& unread = m.unread.emplace_back();
    unread.connection = in.U64();
    unread.bytes = in.U64();
  }
  m.wires = TakeWires(in);
}

void Put(ByteWriter& out, const OutputMessage& m) { out.Rest(m.bytes); }
void Take(ByteReader& in, OutputMessage& m) { m.bytes = in.Rest(); }

void Put(ByteWriter& out, const ExitedMessage& m) {
  out.I64(m.code).I64(m.signal).I64(m.now).U64(m.calls).U64(m.companies);
}
void Take(ByteReader& in, ExitedMessage& m) {
  m.code = static_cast<std::int32_t>(in.I64());
  m.signal = static_cast<std::int32_t>(in.I64());
  m.now = in.I64();
  m.calls = in.U64();
  m.companies = in.U64();
}

void Put(ByteWriter& out, const FailedMessage& m) { out.Rest(m.text); }
void Take(ByteReader& in, FailedMessage& m) { m.text = in.Rest(); }
void Put(ByteWriter& out, const NoteMessage& m) { out.Rest(m.text); }
void Take(ByteReader& in, NoteMessage& m) { m.text = in.Rest(); }
void Put(ByteWriter& out, const BusyMessage& m) { out.I64(m.cpu).Rest(m.threads); }
void Take(ByteReader& in, BusyMessage& m) {
  m.cpu = in.I64();
  m.threads = in.Rest();
}

void Put(ByteWriter&, const AliveMessage&) {}
void Take(ByteReader&, AliveMessage&) {}

void Put(ByteWriter& out, const WiresMessage& m) { PutWires(out, m.wires); }
void Take(ByteReader& in, WiresMessage& m) { m.wires = TakeWires(in); }

template <std::size_t Index = 0>
bool TakeKind(std::size_t kind, ByteReader& in, Message& message) {
  if constexpr (Index < std::variant_size_v<Message>) {
    if (kind != Index) return TakeKind<Index + 1>(kind, in, message);
    Take(in, message.emplace<Index>());
    return in.is_done();
  }
  return false;
}

}  // namespace

std::vector<std::vector<Wire>> SplitWires(std::vector<Wire> wires) {
  std::vector<std::vector<Wire>> messages(1);
  std::size_t size = 0;
  for (Wire& wire : wires) {
    std::string_view left = wire.bytes;
    while (size + left.size() > kWireBytesMax) {
      const std::string_view part = left.substr(0, kWireBytesMax - size);
      left.remove_prefix(part.size());
      messages.back().push_back({wire.connection, std::string(part)});
      messages.emplace_back();
      size = 0;
    }
    size += left.size();
    if (left.size() != wire.bytes.size()) wire.bytes = std::string(left);
    messages.back().push_back(std::move(wire));
  }
  return messages;
}

std::string Pack(const Message& message) {
  ByteWriter out;
  out.U8(static_cast<std::uint8_t>(message.index()));
  std::visit([&out](const auto& kind) { Put(out, kind); }, message);
  return out.Take();
}

Result<Message> Unpack(std::string_view bytes) {
  ByteReader in(bytes);
  const std::size_t kind = in.U8();
  Message message;
  if (!in.ok() || !TakeKind(kind, in, message)) return Error{"a malformed message"};
  return message;
}

}  // namespace sim::virtual_process
