#include "crawler/config_keys.h"

#include <algorithm>
#include <charconv>
#include <numeric>

#include "crawler/duration_text.h"

namespace crawler {
namespace {

template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

std::string out_of_bounds(const Setting& setting, double value) {
  if (value >= setting.min && value <= setting.max) return "";
  return value < setting.min ? "too small" : "too large";
}

// One overload per type of setting: reads `value` into `out`, or says what is wrong.
std::string read(const Setting& setting, const Value& value, std::string& out) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return "expected a string";
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(text->begin(), text->end(), is_control)) return "control characters are not allowed";
  if (!setting.choices.empty()) {
    const std::string fenced = "|" + std::string(setting.choices) + "|";
    if (text->empty() || text->find('|') != std::string::npos || fenced.find("|" + *text + "|") == std::string::npos)
      return toml_string(*text) + " is none of " + std::string(setting.choices);
  }
  out = *text;
  return "";
}

std::string read(const Setting& setting, const Value& value, Duration& out) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return "expected a duration in quotes, such as \"250ms\", \"1s\" or \"5m\"";
  const auto duration = parse_duration(*text);
  if (!duration) return toml_string(*text) + " is no duration; write \"250ms\", \"1s\", \"5m\" or \"24h\"";
  out = *duration;
  return out_of_bounds(setting, std::chrono::duration<double>(*duration).count());
}

std::string read(const Setting& setting, const Value& value, web::Bytes& out) {
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return "expected a size in quotes, such as \"64KiB\" or \"5MiB\"";
  const auto size = parse_size(*text);
  if (!size) return toml_string(*text) + " is no size; write \"64KiB\", \"5MiB\" or \"1GiB\"";
  out = *size;
  return out_of_bounds(setting, static_cast<double>(size->n));
}

std::string read(const Setting& setting, const Value& value, std::int64_t& out) {
  const auto* number = std::get_if<std::int64_t>(&value);
  if (!number) return "expected a whole number";
  out = *number;
  return out_of_bounds(setting, static_cast<double>(*number));
}

std::string read(const Setting& setting, const Value& value, int& out) {
  std::int64_t wide = 0;
  std::string wrong = read(setting, value, wide);
  if (wrong.empty() && wide != static_cast<int>(wide)) wrong = "too large";
  if (wrong.empty()) out = static_cast<int>(wide);
  return wrong;
}

std::string read(const Setting& setting, const Value& value, double& out) {
  if (const auto* whole = std::get_if<std::int64_t>(&value))
    out = static_cast<double>(*whole);
  else if (const auto* number = std::get_if<double>(&value))
    out = *number;
  else
    return "expected a number";
  if (!(out == out)) return "expected a number";
  return out_of_bounds(setting, out);
}

std::string read(const Setting&, const Value& value, bool& out) {
  const auto* flag = std::get_if<bool>(&value);
  if (!flag) return "expected true or false";
  out = *flag;
  return "";
}

std::string read(const Setting& setting, const Value& value, std::vector<std::string>& out) {
  const auto* list = std::get_if<std::vector<std::string>>(&value);
  if (!list) return "expected a list of strings, such as [\"a\", \"b\"]";
  if (list->size() > 10'000) return "too many entries";
  std::vector<std::string> entries(list->size());
  for (std::size_t i = 0; i < list->size(); ++i)
    if (std::string wrong = read(setting, (*list)[i], entries[i]); !wrong.empty()) return wrong;
  out = std::move(entries);
  return "";
}

std::string number_text(double value) {
  char buffer[40];
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  if (text.find_first_of(".en") == std::string::npos) text += ".0";
  return text;
}

std::string text_of(const std::string& value) {
  return toml_string(value);
}
std::string text_of(Duration value) {
  return toml_string(duration_text(value));
}
std::string text_of(web::Bytes value) {
  return toml_string(size_text(value));
}
std::string text_of(int value) {
  return std::to_string(value);
}
std::string text_of(std::int64_t value) {
  return std::to_string(value);
}
std::string text_of(double value) {
  return number_text(value);
}
std::string text_of(bool value) {
  return value ? "true" : "false";
}
std::string text_of(const std::vector<std::string>& value) {
  std::string text = "[";
  for (const std::string& entry : value) text += (text.size() > 1 ? ", " : "") + toml_string(entry);
  return text + "]";
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

const Key* find_key(std::string_view name) {
  const auto keys = config_keys();
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

std::string nearest_key(std::string_view name) {
  if (name.size() > 64) return "";
  std::string_view best;
  std::size_t best_distance = 4;
  for (const Key& key : config_keys()) {
    const std::string_view last = key.name.substr(key.name.find('.') + 1);
    const std::size_t distance = name == last ? 0 : edit_distance(name, key.name);
    if (distance < best_distance) best = key.name, best_distance = distance;
  }
  return std::string(best);
}

std::string assign(const Setting& setting, Field field, const Value& value) {
  return std::visit(
      [&](auto* out) -> std::string {
        using T = std::remove_pointer_t<decltype(out)>;
        if constexpr (IsOptional<T>::value) {
          const auto* text = std::get_if<std::string>(&value);
          if (text && *text == "none") return out->reset(), "";
          typename T::value_type inner{};
          std::string wrong = read(setting, value, inner);
          if (wrong.empty()) *out = inner;
          return wrong;
        } else {
          T inner{};
          std::string wrong = read(setting, value, inner);
          if (wrong.empty()) *out = std::move(inner);
          return wrong;
        }
      },
      field);
}

bool takes_raw_text(const Field& field) {
  return std::visit(
      [](auto* at) {
        using T = std::remove_pointer_t<decltype(at)>;
        return std::is_same_v<T, std::string> || std::is_same_v<T, Duration> || std::is_same_v<T, web::Bytes> ||
               std::is_same_v<T, std::optional<Duration>> || std::is_same_v<T, std::optional<web::Bytes>>;
      },
      field);
}

std::string to_toml(const Field& field) {
  return std::visit(
      [](auto* at) -> std::string {
        using T = std::remove_pointer_t<decltype(at)>;
        if constexpr (IsOptional<T>::value)
          return *at ? text_of(**at) : "\"none\"";
        else
          return text_of(*at);
      },
      field);
}

std::string toml_string(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      out += '\\', out += c;
    else if (byte < 0x20 || byte == 0x7f)
      out += "\\u00", out += kHex[byte >> 4], out += kHex[byte & 15];
    else
      out += c;
  }
  return out + '"';
}

}  // namespace crawler
