# Difference of means for permtest, by frames: hundreds of labellings at a time, in base R. Run it as
#
#     Rscript mean_difference.R

input <- file("stdin", "rb")
# stdout() takes text only; cat hands the bytes on.
output <- pipe("cat", "wb")

repeat {
    magic <- readBin(input, "raw", 8)
    if (length(magic) == 0) break
    if (!identical(magic, charToRaw("PERMTST1"))) stop("mean_difference.R reads frames; ask permtest for them")
    # R has no integers of 64 bits; the numbers are small, so the lower half of each is the number.
    header <- readBin(input, "integer", 6, size = 4, endian = "little")
    rows <- header[1]
    n_case <- header[3]
    n_control <- header[5]
    values <- readBin(input, "double", rows * (n_case + n_control), size = 8, endian = "little")
    values <- matrix(values, nrow = rows, byrow = TRUE)
    case <- values[, seq_len(n_case), drop = FALSE]
    control <- values[, n_case + seq_len(n_control), drop = FALSE]
    writeBin(rowMeans(case) - rowMeans(control), output, size = 8, endian = "little")
    flush(output)
}
close(output)
