//! The one door to SIMD: a kernel is compiled for each instruction set, and run with the best that the machine has.
//!
//! Kernels compute in integers, so which instructions ran can be seen in the time alone.

pub use pulp::Arch;
use pulp::bytemuck::{Pod, Zeroable, bytes_of, cast_slice, pod_read_unaligned};
use pulp::cast;

/// A kernel with its arguments.
///
/// A closure would be simpler, but only a named method can be marked to be inlined, and what is not inlined is compiled
/// without the instruction set's features.
pub trait Kernel {
    /// What it computes.
    type Output;

    /// Computes it. Implementations are marked `#[inline(always)]`, as is all that they call.
    fn compute(self) -> Self::Output;
}

/// Runs a kernel with an instruction set.
#[inline(always)]
pub fn run<K: Kernel>(arch: Arch, kernel: K) -> K::Output {
    arch.dispatch(Call(kernel))
}

struct Call<K>(K);

impl<K: Kernel> pulp::WithSimd for Call<K> {
    type Output = K::Output;

    #[inline(always)]
    fn with_simd<S: pulp::Simd>(self, _: S) -> K::Output {
        self.0.compute()
    }
}

/// The instruction sets that this machine can be made to use, the best one first.
#[must_use]
pub fn levels() -> Vec<(&'static str, Arch)> {
    let mut levels = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        levels.extend(pulp::x86::V4::try_new().map(|v4| ("AVX-512", Arch::V4(v4))));
        levels.extend(pulp::x86::V3::try_new().map(|v3| ("AVX2", Arch::V3(v3))));
    }
    #[cfg(target_arch = "aarch64")]
    levels.extend(pulp::aarch64::Neon::try_new().map(|neon| ("NEON", Arch::Neon(neon))));
    levels.push(("plain", Arch::Scalar));
    levels
}

/// Registers of bytes, and of pairs of them, that look up tables of sixteen bytes for all bytes at once.
pub trait ByteLanes: Copy {
    /// A register. Two neighbouring bytes make a lane of 16 bits, the first one being the lower.
    type Register: Pod;

    /// A register of zeros.
    #[inline(always)]
    fn zero(self) -> Self::Register {
        Zeroable::zeroed()
    }

    /// A part of some bytes, counted in registers.
    #[inline(always)]
    fn load(self, bytes: &[u8], part: usize) -> Self::Register {
        let size = size_of::<Self::Register>();
        pod_read_unaligned(&bytes[part * size..][..size])
    }

    /// Writes a part of some bytes.
    #[inline(always)]
    fn store(self, register: Self::Register, bytes: &mut [u8], part: usize) {
        let size = size_of::<Self::Register>();
        bytes[part * size..][..size].copy_from_slice(bytes_of(&register));
    }

    /// The lanes of 16 bits.
    #[inline(always)]
    fn pairs(self, register: &Self::Register) -> &[u16] {
        cast_slice(std::slice::from_ref(register))
    }

    /// The register of these words, by number.
    fn words(self, word: impl Fn(usize) -> u64) -> Self::Register;

    /// In each sixteen bytes: the lower eight of both registers in turn, and the upper eight.
    fn interleave(self, a: Self::Register, b: Self::Register) -> [Self::Register; 2];

    /// The lower four bits of each byte, and the upper four.
    fn nibbles(self, bytes: Self::Register) -> [Self::Register; 2];

    /// What a table says of each byte, all of which are less than 16.
    fn look_up(self, table: &[u8; 16], bytes: Self::Register) -> Self::Register;

    /// The sums of bytes.
    fn add_bytes(self, a: Self::Register, b: Self::Register) -> Self::Register;

    /// The sums of lanes of 16 bits.
    fn add_pairs(self, a: Self::Register, b: Self::Register) -> Self::Register;

    /// The upper byte of each lane of 16 bits.
    fn upper_bytes(self, pairs: Self::Register) -> Self::Register;
}

/// A kernel that computes in byte lanes.
pub trait ByteKernel {
    /// Computes. Marked like [`Kernel::compute`].
    fn compute<B: ByteLanes>(self, lanes: B);
}

/// Whether an instruction set has byte lanes.
#[must_use]
pub fn has_byte_lanes(arch: Arch) -> bool {
    !matches!(arch, Arch::Scalar)
}

/// The instruction set whose byte lanes are the better ones for so many labellings: half a register takes half the time.
#[must_use]
pub fn narrowed(arch: Arch, labellings: usize) -> Arch {
    #[cfg(target_arch = "x86_64")]
    if let (Arch::V4(v4), 0..=32) = (arch, labellings) {
        return Arch::V3(*v4);
    }
    let _ = labellings;
    arch
}

/// Runs a kernel in byte lanes.
///
/// # Panics
/// When the instruction set has none.
#[inline(always)]
pub fn run_in_bytes<K: ByteKernel>(arch: Arch, kernel: K) {
    match arch {
        #[cfg(target_arch = "x86_64")]
        Arch::V4(lanes) => run(arch, InBytes { lanes, kernel }),
        #[cfg(target_arch = "x86_64")]
        Arch::V3(lanes) => run(arch, InBytes { lanes, kernel }),
        #[cfg(target_arch = "aarch64")]
        Arch::Neon(lanes) => run(arch, InBytes { lanes, kernel }),
        _ => panic!("byte lanes"),
    }
}

struct InBytes<B, K> {
    lanes: B,
    kernel: K,
}

impl<B: ByteLanes, K: ByteKernel> Kernel for InBytes<B, K> {
    type Output = ();

    #[inline(always)]
    fn compute(self) {
        self.kernel.compute(self.lanes);
    }
}

/// Byte lanes by the instructions of these names.
#[cfg(target_arch = "x86_64")]
macro_rules! x86_byte_lanes {
    ($level:ident, [$register:ident; $words:literal], $all:ident: $repeat:ident $and:ident, $set:ident: $set_bytes:ident,
     $bytes:ident: $shuffle:ident $shift:ident $add_bytes:ident $add_pairs:ident $unpack_low:ident $unpack_high:ident) => {
        impl ByteLanes for pulp::x86::$level {
            type Register = std::arch::x86_64::$register;

            #[inline(always)]
            fn words(self, word: impl Fn(usize) -> u64) -> Self::Register {
                cast::<[u64; $words], _>(std::array::from_fn(word))
            }

            #[inline(always)]
            fn interleave(self, a: Self::Register, b: Self::Register) -> [Self::Register; 2] {
                [self.$bytes.$unpack_low(a, b), self.$bytes.$unpack_high(a, b)]
            }

            #[inline(always)]
            fn nibbles(self, bytes: Self::Register) -> [Self::Register; 2] {
                // There is no shift of bytes: what comes from the neighbour is masked away.
                let (mask, shifted) = (self.$set.$set_bytes(15), self.$bytes.$shift::<4>(bytes));
                [self.$all.$and(bytes, mask), self.$all.$and(shifted, mask)]
            }

            #[inline(always)]
            fn look_up(self, table: &[u8; 16], bytes: Self::Register) -> Self::Register {
                self.$bytes.$shuffle(self.$all.$repeat(cast(*table)), bytes)
            }

            #[inline(always)]
            fn add_bytes(self, a: Self::Register, b: Self::Register) -> Self::Register {
                self.$bytes.$add_bytes(a, b)
            }

            #[inline(always)]
            fn add_pairs(self, a: Self::Register, b: Self::Register) -> Self::Register {
                self.$bytes.$add_pairs(a, b)
            }

            #[inline(always)]
            fn upper_bytes(self, pairs: Self::Register) -> Self::Register {
                self.$bytes.$shift::<8>(pairs)
            }
        }
    };
}

#[cfg(target_arch = "x86_64")]
x86_byte_lanes!(V4, [__m512i; 8],
    avx512f: _mm512_broadcast_i32x4 _mm512_and_si512, avx512f: _mm512_set1_epi8,
    avx512bw: _mm512_shuffle_epi8 _mm512_srli_epi16 _mm512_add_epi8 _mm512_add_epi16 _mm512_unpacklo_epi8
        _mm512_unpackhi_epi8);

#[cfg(target_arch = "x86_64")]
x86_byte_lanes!(V3, [__m256i; 4],
    avx2: _mm256_broadcastsi128_si256 _mm256_and_si256, avx: _mm256_set1_epi8,
    avx2: _mm256_shuffle_epi8 _mm256_srli_epi16 _mm256_add_epi8 _mm256_add_epi16 _mm256_unpacklo_epi8
        _mm256_unpackhi_epi8);

#[cfg(target_arch = "aarch64")]
impl ByteLanes for pulp::aarch64::Neon {
    type Register = std::arch::aarch64::uint8x16_t;

    #[inline(always)]
    fn words(self, word: impl Fn(usize) -> u64) -> Self::Register {
        cast::<[u64; 2], _>(std::array::from_fn(word))
    }

    #[inline(always)]
    fn interleave(self, a: Self::Register, b: Self::Register) -> [Self::Register; 2] {
        [self.neon.vzip1q_u8(a, b), self.neon.vzip2q_u8(a, b)]
    }

    #[inline(always)]
    fn nibbles(self, bytes: Self::Register) -> [Self::Register; 2] {
        [self.neon.vandq_u8(bytes, self.neon.vdupq_n_u8(15)), self.neon.vshrq_n_u8::<4>(bytes)]
    }

    #[inline(always)]
    fn look_up(self, table: &[u8; 16], bytes: Self::Register) -> Self::Register {
        self.neon.vqtbl1q_u8(cast(*table), bytes)
    }

    #[inline(always)]
    fn add_bytes(self, a: Self::Register, b: Self::Register) -> Self::Register {
        self.neon.vaddq_u8(a, b)
    }

    #[inline(always)]
    fn add_pairs(self, a: Self::Register, b: Self::Register) -> Self::Register {
        cast(self.neon.vaddq_u16(cast(a), cast(b)))
    }

    #[inline(always)]
    fn upper_bytes(self, pairs: Self::Register) -> Self::Register {
        cast(self.neon.vshrq_n_u16::<8>(cast(pairs)))
    }
}
