function quoted = np_quote_json(text)
%NP_QUOTE_JSON Quote a row of characters as a JSON string (RFC 8259, section 7).
%   Control characters are escaped; characters beyond ASCII stay unchanged.

text = strrep(text, '\', '\\');
text = strrep(text, '"', '\"');
for code = unique(double(text(text < 32)))
  text = strrep(text, char(code), sprintf('\\u%04x', code));
end
quoted = ['"' text '"'];
end
