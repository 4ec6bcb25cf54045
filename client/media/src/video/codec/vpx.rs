//! The door to libvpx: everything unsafe about it, and nothing else.
#![allow(unsafe_code, reason = "libvpx is a C library; its contract is kept here and the callers are safe")]
use std::{
    ffi::{CStr, c_int, c_uint},
    fmt,
    mem::{self, MaybeUninit},
    ptr, slice,
    time::Instant,
};

use vpx_sys as ffi;

use super::{CLOCK, CodecError, Content, EncoderSettings, MAX_SIDE};
use crate::frame::{Size, Temporal, VideoFrame};

/// Effort for what a lens sees: -16 (least) to 16. At -8 a 720p picture takes 5 ms, and looks nearly as good as at -4 in
/// 12 ms.
const CAMERA_EFFORT: c_int = -8;

/// Effort for screens: the least that finds text again where it was scrolled to, which saves nine tenths of the bits.
const SCREEN_EFFORT: c_int = -4;

/// Quantizers, 0 to 63, beyond which nothing gets coarser: letters cannot be read long before a face cannot be known.
const CAMERA_COARSEST: c_uint = 56;
/// As above, of screens. A page of text at this quantizer has an SSIM of 0.98.
const SCREEN_COARSEST: c_uint = 48;
/// The quantizer below which nothing gets finer.
const FINEST: c_uint = 2;

/// A keyframe may take three times the bits of an ordinary picture: a joiner must not cost everybody a stutter.
const MAX_INTRA_PERCENT: c_uint = 300;

/// What the base temporal layer gets of the bits, in tenths; it is half of the pictures, and all that is built on.
const BASE_TENTHS: u64 = 6;

/// A picture changes neither what later ones are predicted from nor the statistics that they are written with.
const NOTHING_BUILDS_ON_IT: u32 =
    ffi::VP8_EFLAG_NO_UPD_LAST | ffi::VP8_EFLAG_NO_UPD_GF | ffi::VP8_EFLAG_NO_UPD_ARF | ffi::VP8_EFLAG_NO_UPD_ENTROPY;

/// A picture of a camera is predicted from the one before alone. To search in older ones takes 5 % more time, and on
/// heads and films it is worth less than 0.05 dB.
const FROM_THE_LATEST: u32 = ffi::VP8_EFLAG_NO_REF_GF | ffi::VP8_EFLAG_NO_REF_ARF;

/// A libvpx VP8 encoder.
pub(super) struct Encoder {
    context: Box<ffi::vpx_codec_ctx_t>,
    config: ffi::vpx_codec_enc_cfg_t,
    /// Ticks that a picture lasts.
    duration: u32,
}

// SAFETY: a libvpx context belongs to no thread; `&mut self` everywhere keeps two from using it at a time.
unsafe impl Send for Encoder {}

impl Encoder {
    pub(super) fn new(settings: EncoderSettings) -> Result<Self, CodecError> {
        // SAFETY: returns a pointer to a static description of the codec.
        let interface = unsafe { ffi::vpx_codec_vp8_cx() };
        let mut config = MaybeUninit::<ffi::vpx_codec_enc_cfg_t>::zeroed();
        // SAFETY: both pointers are valid; the call writes the whole struct where it succeeds.
        let code = unsafe { ffi::vpx_codec_enc_config_default(interface, config.as_mut_ptr(), 0) };
        check(code).map_err(CodecError::Start)?;
        // SAFETY: the call above succeeded.
        let mut config = unsafe { config.assume_init() };
        set_up(&mut config, settings);

        let mut context = Box::<ffi::vpx_codec_ctx_t>::default();
        // SAFETY: context, interface and config are valid; the version is that of the bindings, so that a library
        // with another layout refuses. The library copies the config.
        let code = unsafe {
            let version = ffi::VPX_ENCODER_ABI_VERSION as c_int;
            ffi::vpx_codec_enc_init_ver(&raw mut *context, interface, &raw const config, 0, version)
        };
        check(code).map_err(CodecError::Start)?;
        let duration = CLOCK / settings.fps.clamp(1, 240);
        let mut encoder = Self { context, config, duration };
        encoder.set_controls(settings.content).map_err(CodecError::Start)?;
        Ok(encoder)
    }

    fn set_controls(&mut self, content: Content) -> Result<(), String> {
        use ffi::vp8e_enc_control_id as id;
        let context = &raw mut *self.context;
        let (effort, screen): (c_int, c_uint) = match content {
            Content::Camera => (CAMERA_EFFORT, 0),
            Content::Screen => (SCREEN_EFFORT, 1),
        };
        // SAFETY: the context is initialised, and each control gets an argument of the type that vp8cx.h names for it.
        unsafe {
            check(ffi::vpx_codec_control_(context, id::VP8E_SET_CPUUSED as c_int, effort))?;
            check(ffi::vpx_codec_control_(context, id::VP8E_SET_SCREEN_CONTENT_MODE as c_int, screen))?;
            check(ffi::vpx_codec_control_(context, id::VP8E_SET_STATIC_THRESHOLD as c_int, 1 as c_uint))?;
            check(ffi::vpx_codec_control_(context, id::VP8E_SET_MAX_INTRA_BITRATE_PCT as c_int, MAX_INTRA_PERCENT))
        }
    }

    /// Changes size and bitrate. The caller keeps the size below the one the encoder was made with.
    pub(super) fn configure(&mut self, size: Size, kbps: u32) -> Result<(), CodecError> {
        let mut config = self.config;
        config.g_w = size.width;
        config.g_h = size.height;
        set_rate(&mut config, kbps);
        self.apply(config)
    }

    /// Makes pictures from the next one on as coarse as is ever allowed, or as fine as there are bits for.
    pub(super) fn set_coarse(&mut self, coarse: bool) -> Result<(), CodecError> {
        let finest = if coarse { self.config.rc_max_quantizer } else { FINEST };
        if finest == self.config.rc_min_quantizer {
            return Ok(());
        }
        self.apply(ffi::vpx_codec_enc_cfg_t { rc_min_quantizer: finest, ..self.config })
    }

    fn apply(&mut self, config: ffi::vpx_codec_enc_cfg_t) -> Result<(), CodecError> {
        // SAFETY: the context is initialised; the library checks and copies the config.
        let code = unsafe { ffi::vpx_codec_enc_config_set(&raw mut *self.context, &raw const config) };
        check(code).map_err(CodecError::Encode)?;
        self.config = config;
        Ok(())
    }

    /// The encoded picture, and whether it is a keyframe. `timestamp` rises from picture to picture. Nothing will build
    /// on one of the upper temporal layer.
    pub(super) fn encode(
        &mut self,
        frame: &VideoFrame,
        timestamp: u64,
        force_keyframe: bool,
        temporal: Temporal,
    ) -> Result<Option<(Vec<u8>, bool)>, CodecError> {
        let Size { width, height } = frame.size();
        let mut image = MaybeUninit::<ffi::vpx_image_t>::zeroed();
        // SAFETY: an I420 image of even sides and without padding is exactly the packed planes of a `VideoFrame`,
        // which checks its length. The encoder only reads them, and only during the call below.
        let wrapped = unsafe {
            let pixels = frame.pixels().as_ptr().cast_mut();
            ffi::vpx_img_wrap(image.as_mut_ptr(), ffi::vpx_img_fmt::VPX_IMG_FMT_I420, width, height, 1, pixels)
        };
        if wrapped.is_null() {
            return Err(CodecError::Encode("the picture cannot be wrapped".to_owned()));
        }
        let keyframe = if force_keyframe { ffi::VPX_EFLAG_FORCE_KF } else { 0 };
        let flags = keyframe | self.enter(temporal)?;
        let timestamp = i64::try_from(timestamp).unwrap_or(i64::MAX / 2);
        // SAFETY: the context is initialised and the image was filled in above.
        let code = unsafe {
            ffi::vpx_codec_encode(
                &raw mut *self.context,
                image.as_ptr(),
                timestamp,
                self.duration.into(),
                flags.into(),
                ffi::VPX_DL_REALTIME.into(),
            )
        };
        check(code).map_err(CodecError::Encode)?;
        Ok(self.take_packet())
    }

    /// The quantizer of the latest picture, 0 (finest) to 63.
    pub(super) fn quantizer(&mut self) -> Option<u32> {
        let mut quantizer: c_int = 0;
        let control = ffi::vp8e_enc_control_id::VP8E_GET_LAST_QUANTIZER_64 as c_int;
        // SAFETY: the context is initialised, and this control takes a pointer to int.
        let code = unsafe { ffi::vpx_codec_control_(&raw mut *self.context, control, &raw mut quantizer) };
        if code == ffi::vpx_codec_err_t::VPX_CODEC_OK { u32::try_from(quantizer).ok() } else { None }
    }

    /// Tells the rate control which temporal layer the next picture is of. Returns the flags that it is encoded with.
    fn enter(&mut self, temporal: Temporal) -> Result<u32, CodecError> {
        if self.config.ts_number_layers < 2 {
            return Ok(0);
        }
        let (number, flags): (c_int, _) = match temporal {
            Temporal::Base => (0, FROM_THE_LATEST),
            Temporal::Upper => (1, FROM_THE_LATEST | NOTHING_BUILDS_ON_IT),
        };
        let control = ffi::vp8e_enc_control_id::VP8E_SET_TEMPORAL_LAYER_ID as c_int;
        // SAFETY: the context is initialised, and this control takes an int.
        check(unsafe { ffi::vpx_codec_control_(&raw mut *self.context, control, number) })
            .map_err(CodecError::Encode)?;
        Ok(flags)
    }

    fn take_packet(&mut self) -> Option<(Vec<u8>, bool)> {
        let mut iterator: ffi::vpx_codec_iter_t = ptr::null();
        let mut taken = None;
        loop {
            // SAFETY: the context is initialised; the iterator starts as null and is only handed back.
            let packet = unsafe { ffi::vpx_codec_get_cx_data(&raw mut *self.context, &raw mut iterator) };
            // SAFETY: the pointer is null, or valid until the next call on this context.
            let Some(packet) = (unsafe { packet.as_ref() }) else { return taken };
            if packet.kind != ffi::vpx_codec_cx_pkt_kind::VPX_CODEC_CX_FRAME_PKT {
                continue;
            }
            // SAFETY: `kind` says that the union holds a frame.
            let frame = unsafe { packet.data.frame };
            if frame.buf.is_null() || frame.sz == 0 {
                continue;
            }
            // SAFETY: the library gives `sz` bytes at `buf`, valid until the next call; they are copied here.
            let payload = unsafe { slice::from_raw_parts(frame.buf.cast::<u8>(), frame.sz as usize) }.to_vec();
            taken = Some((payload, frame.flags & ffi::VPX_FRAME_IS_KEY != 0));
        }
    }
}

/// The settings of a video call, as WebRTC programs use them.
fn set_up(config: &mut ffi::vpx_codec_enc_cfg_t, settings: EncoderSettings) {
    config.g_w = settings.size.width;
    config.g_h = settings.size.height;
    config.g_timebase.num = 1;
    config.g_timebase.den = CLOCK as c_int;
    // libvpx threads spin while they wait for each other: on a busy machine two are ten times slower than one.
    config.g_threads = 1;
    config.g_lag_in_frames = 0;
    // Receivers never decode past a gap, so the bits that error resilience costs would be wasted.
    config.g_error_resilient = 0;
    config.rc_end_usage = ffi::vpx_rc_mode::VPX_CBR;
    if settings.content == Content::Camera {
        config.ts_number_layers = 2;
        config.ts_periodicity = 2;
        (config.ts_rate_decimator[0], config.ts_rate_decimator[1]) = (2, 1);
        (config.ts_layer_id[0], config.ts_layer_id[1]) = (0, 1);
    }
    set_rate(config, settings.kbps);
    config.rc_min_quantizer = FINEST;
    config.rc_max_quantizer = match settings.content {
        Content::Camera => CAMERA_COARSEST,
        Content::Screen => SCREEN_COARSEST,
    };
    config.rc_undershoot_pct = 100;
    config.rc_overshoot_pct = 15;
    config.rc_buf_initial_sz = 500;
    config.rc_buf_optimal_sz = 600;
    config.rc_buf_sz = 1000;
    config.rc_dropframe_thresh = 0;
    config.rc_resize_allowed = 0;
    config.kf_mode = ffi::vpx_kf_mode::VPX_KF_DISABLED;
}

fn set_rate(config: &mut ffi::vpx_codec_enc_cfg_t, kbps: u32) {
    let kbps = kbps.max(1);
    config.rc_target_bitrate = kbps;
    // The rate of a layer contains that of those below.
    let base = u32::try_from(u64::from(kbps) * BASE_TENTHS / 10).unwrap_or(u32::MAX);
    (config.ts_target_bitrate[0], config.ts_target_bitrate[1]) = (base, kbps);
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: the context is initialised, and never used again.
        unsafe { ffi::vpx_codec_destroy(&raw mut *self.context) };
    }
}

/// A libvpx VP8 or VP9 decoder.
pub(super) struct Decoder {
    context: Box<ffi::vpx_codec_ctx_t>,
    interface: *mut ffi::vpx_codec_iface_t,
}

// SAFETY: as for the encoder; the interface is a static description that nobody writes to.
unsafe impl Send for Decoder {}

impl Decoder {
    pub(super) fn vp8() -> Result<Self, CodecError> {
        // SAFETY: returns a pointer to a static description of the codec.
        Self::new(unsafe { ffi::vpx_codec_vp8_dx() })
    }

    pub(super) fn vp9() -> Result<Self, CodecError> {
        // SAFETY: returns a pointer to a static description of the codec.
        Self::new(unsafe { ffi::vpx_codec_vp9_dx() })
    }

    fn new(interface: *mut ffi::vpx_codec_iface_t) -> Result<Self, CodecError> {
        let mut context = Box::<ffi::vpx_codec_ctx_t>::default();
        let config = ffi::vpx_codec_dec_cfg_t { threads: 1, w: 0, h: 0 };
        // SAFETY: as for the encoder.
        let code = unsafe {
            let version = ffi::VPX_DECODER_ABI_VERSION as c_int;
            ffi::vpx_codec_dec_init_ver(&raw mut *context, interface, &raw const config, 0, version)
        };
        check(code).map_err(CodecError::Start)?;
        Ok(Self { context, interface })
    }

    pub(super) fn decode(&mut self, payload: &[u8], captured_at: Instant) -> Result<Option<VideoFrame>, CodecError> {
        let length = c_uint::try_from(payload.len()).map_err(|_| CodecError::Unsupported)?;
        if length == 0 {
            // libvpx would take this for a lost picture, and conceal it.
            return Err(CodecError::Decode("it is empty".to_owned()));
        }
        self.refuse_giants(payload, length)?;
        // SAFETY: the context is initialised; `payload` is valid for `length` bytes during the call.
        let code =
            unsafe { ffi::vpx_codec_decode(&raw mut *self.context, payload.as_ptr(), length, ptr::null_mut(), 0) };
        check(code).map_err(CodecError::Decode)?;
        let frame = self.take_picture(captured_at);
        if self.is_corrupted() {
            return Err(CodecError::Decode("parts of it are missing".to_owned()));
        }
        frame
    }

    /// Reads the size out of a keyframe's header before the decoder allocates for it.
    fn refuse_giants(&self, payload: &[u8], length: c_uint) -> Result<(), CodecError> {
        let mut info = ffi::vpx_codec_stream_info_t {
            sz: mem::size_of::<ffi::vpx_codec_stream_info_t>() as c_uint,
            w: 0,
            h: 0,
            is_kf: 0,
        };
        // SAFETY: the interface is static, `payload` is valid for `length` bytes, `info` says its own size. The answer
        // may be an error for a picture that is no keyframe: then `info` stays empty.
        unsafe { ffi::vpx_codec_peek_stream_info(self.interface, payload.as_ptr(), length, &raw mut info) };
        if info.w > MAX_SIDE || info.h > MAX_SIDE { Err(CodecError::Unsupported) } else { Ok(()) }
    }

    fn take_picture(&mut self, captured_at: Instant) -> Result<Option<VideoFrame>, CodecError> {
        let mut iterator: ffi::vpx_codec_iter_t = ptr::null();
        let mut taken = Ok(None);
        loop {
            // SAFETY: the context is initialised; the iterator starts as null and is only handed back.
            let image = unsafe { ffi::vpx_codec_get_frame(&raw mut *self.context, &raw mut iterator) };
            // SAFETY: the pointer is null, or valid until the next call on this context.
            let Some(image) = (unsafe { image.as_ref() }) else { return taken };
            taken = copy_image(image, captured_at).map(Some);
        }
    }

    fn is_corrupted(&mut self) -> bool {
        let mut corrupted: c_int = 0;
        // SAFETY: the context is initialised, and this control takes a pointer to int.
        let code = unsafe {
            let control = ffi::vp8_dec_control_id::VP8D_GET_FRAME_CORRUPTED as c_int;
            ffi::vpx_codec_control_(&raw mut *self.context, control, &raw mut corrupted)
        };
        // VP9 has no answer before its first picture.
        code == ffi::vpx_codec_err_t::VPX_CODEC_OK && corrupted != 0
    }
}

/// Copies a decoded picture out of the library's memory, without an odd last row or column.
fn copy_image(image: &ffi::vpx_image_t, captured_at: Instant) -> Result<VideoFrame, CodecError> {
    let size = Size::new(image.d_w, image.d_h);
    if image.fmt != ffi::vpx_img_fmt::VPX_IMG_FMT_I420 || image.d_w > MAX_SIDE || image.d_h > MAX_SIDE {
        return Err(CodecError::Unsupported);
    }
    let mut pixels = Vec::with_capacity(size.i420_bytes());
    for (plane, shrink) in [(0, 1), (1, 2), (2, 2)] {
        let (width, height) = (size.width as usize / shrink, size.height as usize / shrink);
        let start = image.planes[plane];
        let stride = usize::try_from(image.stride[plane]).unwrap_or(0);
        if start.is_null() || stride < width {
            return Err(CodecError::Unsupported);
        }
        for row in 0..height {
            // SAFETY: the library gives `d_h` rows (half as many of chroma, rounded up) that begin `stride` bytes
            // apart, and `width` is at most the stride.
            pixels.extend_from_slice(unsafe { slice::from_raw_parts(start.add(row * stride), width) });
        }
    }
    VideoFrame::new(size, pixels, captured_at).ok_or(CodecError::Unsupported)
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: the context is initialised, and never used again.
        unsafe { ffi::vpx_codec_destroy(&raw mut *self.context) };
    }
}

/// What the library says about a code that is not success.
fn check(code: ffi::vpx_codec_err_t) -> Result<(), String> {
    if code == ffi::vpx_codec_err_t::VPX_CODEC_OK {
        return Ok(());
    }
    // SAFETY: returns a static, terminated string for every code.
    let text = unsafe { CStr::from_ptr(ffi::vpx_codec_err_to_string(code)) };
    Err(text.to_string_lossy().into_owned())
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").finish_non_exhaustive()
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder").finish_non_exhaustive()
    }
}
