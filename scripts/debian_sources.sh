# The machine's own package sources, read as stanzas. Sourced by other scripts; runs nothing itself.
# No host is written in this project: another suite of the same archive is the machine's own stanza
# with one field changed, so it comes from the machine's own mirror and is checked with its own key.

# Every source of this machine as a deb822 stanza, an empty line after each. One-line entries
# (`deb [signed-by=… arch=…] URI suite component …`) become stanzas on the way.
debian_stanzas() {
  local root=${1:-/etc/apt} file
  for file in "$root"/sources.list.d/*.sources; do
    if [ -f "$file" ]; then
      cat "$file"
      echo
      echo
    fi
  done
  for file in "$root"/sources.list "$root"/sources.list.d/*.list; do
    if [ -f "$file" ]; then
      awk '
        $1 == "deb" || $1 == "deb-src" {
          sub(/[ \t]#.*$/, "")
          line = $0
          options = ""
          if (match(line, /\[[^]]*\]/)) {
            options = substr(line, RSTART + 1, RLENGTH - 2)
            line = substr(line, 1, RSTART - 1) " " substr(line, RSTART + RLENGTH)
          }
          n = split(line, word, /[ \t]+/)
          print "Types: " word[1]
          print "URIs: " word[2]
          print "Suites: " word[3]
          if (n > 3) {
            text = ""
            for (i = 4; i <= n; i++) if (word[i] != "") text = text " " word[i]
            if (text != "") print "Components:" text
          }
          m = split(options, option, /[ \t]+/)
          for (i = 1; i <= m; i++) {
            at = index(option[i], "=")
            if (at == 0) continue
            name = substr(option[i], 1, at - 1)
            value = substr(option[i], at + 1)
            gsub(/,/, " ", value)
            if (name == "arch") name = "Architectures"
            if (name == "lang") name = "Languages"
            if (name == "target") name = "Targets"
            print name ": " value
          }
          print ""
        }' "$file"
    fi
  done
}

# debian_stanza SUITE TYPE FROM [ROOT]: the first enabled stanza that lists FROM with the component
# main, with SUITE for its suites and TYPE (deb or deb-src) for its types. FROM is a whole word:
# bookworm is not bookworm-security. Prints nothing where there is none.
debian_stanza() {
  debian_stanzas "${4:-/etc/apt}" | awk -v suite="$1" -v type="$2" -v from="$3" '
    function lists(line, wanted,   n, i, word) {
      sub(/^[^:]*:/, "", line)
      n = split(line, word, /[ \t]+/)
      for (i = 1; i <= n; i++) if (word[i] == wanted) return 1
      return 0
    }
    BEGIN { RS = ""; FS = "\n" }
    found { next }
    {
      text = ""; has_suite = 0; has_main = 0; off = 0
      for (i = 1; i <= NF; i++) {
        line = $i
        if (line ~ /^#/) continue
        field = tolower(line)
        sub(/:.*$/, "", field)
        if (field == "enabled" && tolower(line) ~ /:[ \t]*(no|false|off|0)[ \t]*$/) off = 1
        if (field == "components") has_main = lists(line, "main")
        if (field == "suites") { has_suite = lists(line, from); line = "Suites: " suite }
        if (field == "types") line = "Types: " type
        text = text line "\n"
      }
      if (has_suite && has_main && !off) { printf "%s", text; found = 1 }
    }'
}
