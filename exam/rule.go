package exam

// Rule names how an answer becomes credit. k is the number of keys, n the
// number of options, r and w the right and wrong ones ticked.
type Rule string

// The scoring rules. No rule gives credit for no answer, and ticking everything
// never earns full credit.
const (
	// AllOrNothing: 1 for exactly the key, else 0.
	AllOrNothing Rule = "all_or_nothing"
	// PerOption: each option is a true/false decision and the share of right
	// ones counts: (r + n - k - w) / n (multiple true-false scoring; Albanese
	// and Sabers 1988).
	PerOption Rule = "per_option"
	// RightMinusWrong: max(0, r - w) / k (the number-right rule with a penalty,
	// floor 0; the fact base's rule for multiple choice).
	RightMinusWrong Rule = "right_minus_wrong"
	// PartialOrder: (L - 1) / (s - 1), L the longest common subsequence with
	// the right order of s steps: 1 for the right order, 0 for the reverse.
	PartialOrder Rule = "partial_order"
	// PerPair: the share of rows with their choice.
	PerPair Rule = "per_pair"
	// PerGap: the share of the gaps that are filled right, each counted with its weight.
	PerGap Rule = "per_gap"
	// ByRubric: people mark with a rubric; the mean of two, or what a third says where
	// they differ by more than the rubric tolerates, over what the rubric can give.
	ByRubric Rule = "rubric"
)

// choices is the credit for ticking right keys out of keys and wrong
// distractors, of options in all.
func (rule Rule) choices(options, keys, right, wrong int) Credit {
	switch rule {
	case PerOption:
		return portion(right+options-keys-wrong, options)
	case RightMinusWrong:
		return portion(max(0, right-wrong), keys)
	default:
		return whole(right == keys && wrong == 0)
	}
}

// share is the credit for right out of all rows.
func (rule Rule) share(right, all int) Credit {
	if rule == PerPair {
		return portion(right, all)
	}
	return whole(right == all)
}

// weighed is the credit for gaps of the weight right, of all.
func (rule Rule) weighed(right, all int) Credit {
	if rule == PerGap {
		return portion(right, all)
	}
	return whole(right == all)
}

// sequence is the credit for a longest common subsequence of length lcs.
func (rule Rule) sequence(lcs, steps int) Credit {
	if rule == PartialOrder {
		return portion(lcs-1, steps-1)
	}
	return whole(lcs == steps)
}

// portion is part/all of full credit, rounded half up.
func portion(part, all int) Credit {
	return (2*OnePoint*Credit(part) + Credit(all)) / (2 * Credit(all))
}

func whole(right bool) Credit {
	if right {
		return OnePoint
	}
	return 0
}
