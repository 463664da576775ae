# Compares two drivers' lines "table, kernel, hash": all tables of both files must agree kernel by kernel.
BEGIN { FS = "\t"; machine[1] = "native"; machine[2] = "arm64" }
FNR == 1 { file++ }
{
  if (!($2 in seen)) { seen[$2] = 1; kernel[++kernels] = $2 }
  who = $1 == "common" ? machine[file] : $1 "/" machine[file]
  if ($1 != "common" && !((who) in listed)) { listed[who] = 1; tables = tables " " who }
  count[$2]++
  entry[$2, count[$2]] = $3
  owner[$2, count[$2]] = who
  if ($1 == "neon") neon = 1
}
END {
  print "tables:" tables
  for (k = 1; k <= kernels; k++) {
    name = kernel[k]
    wrong = ""
    # The first is the portable table of this machine, or this machine's common function.
    for (i = 2; i <= count[name]; i++)
      if (entry[name, i] != entry[name, 1]) wrong = wrong "  " owner[name, i] " " entry[name, i]
    if (name == "selftest" && entry[name, 1] != "0000000000000000") wrong = wrong "  failed"
    if (wrong == "") { passed++ } else { failed++ }
    printf "%-30s %s  %s\n", name, entry[name, 1], wrong == "" ? "equal (" count[name] ")" : "DIFFERS:" wrong
  }
  if (file != 2 || !neon) { print "the arm64 driver gave no results"; exit 1 }
  printf "%d passed, %d failed\n", passed, failed
  exit failed > 0
}
