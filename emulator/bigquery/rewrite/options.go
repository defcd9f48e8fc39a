package rewrite

import "strings"

// AddedPolicies is the option as which data_policies += […] of a column is written: the analyzer's binding
// can't be told that an option may be added to.
const AddedPolicies = "_emulator_data_policies_added"

// addedOptions rewrites the options that are added to.
func addedOptions(sql string) (string, []Edit) {
	var b strings.Builder
	var edits []Edit
	copied := 0
	list := tokens(sql)
	for i := 0; i+2 < len(list); i++ {
		if list[i].kind == word && strings.EqualFold(list[i].text, "data_policies") && list[i+1].text == "+" && list[i+2].text == "=" {
			to := AddedPolicies + " ="
			b.WriteString(sql[copied:list[i].start] + to)
			copied = list[i+2].end
			edits = append(edits, Edit{sql[list[i].start:copied], to})
		}
	}
	return b.String() + sql[copied:], edits
}
