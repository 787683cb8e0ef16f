# Difference of medians for permtest, by lines. Run it as
#
#     awk -f median_difference.awk
#
# or, where awk is mawk (Debian, Ubuntu), which else waits for 4 KB of input before it reads the first line,
#
#     mawk -W interactive -f median_difference.awk

BEGIN { FS = "\t" }

# 17 digits carry every number; fflush() sends the answer off instead of keeping it in a buffer.
{ printf "%.17g\n", median($1) - median($2); fflush() }

function median(words,    sample, n, i) {
    n = split(words, sample, " ")
    for (i = 1; i <= n; i++) sample[i] += 0
    sort(sample, n)
    if (n % 2) return sample[(n + 1) / 2]
    return (sample[n / 2] + sample[n / 2 + 1]) / 2
}

# Shell sort: short, and quick enough for samples of some hundreds.
function sort(sample, n,    gap, i, j, value) {
    for (gap = int(n / 2); gap > 0; gap = int(gap / 2))
        for (i = gap + 1; i <= n; i++) {
            value = sample[i]
            for (j = i; j > gap && sample[j - gap] > value; j -= gap) sample[j] = sample[j - gap]
            sample[j] = value
        }
}
