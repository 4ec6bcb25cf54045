//! What cameras send, made into I420.
use std::time::Instant;

use nokhwa::utils::{CameraFormat, FrameFormat};
use turbojpeg::{Decompressor, Subsamp, YuvImage};
use yuv::{BufferStoreMut, YuvPackedImage, YuvPlanarImageMut};

use crate::{
    frame::{Size, VideoFrame},
    video::{
        codec::MAX_SIDE,
        source::planes::{Plane, Planes},
    },
};

/// Converts the pictures of one camera in one format.
#[derive(Debug)]
pub(super) struct Converter {
    format: FrameFormat,
    width: usize,
    height: usize,
    stride: usize,
    jpeg: Option<Decompressor>,
    planes: Vec<u8>,
}

impl Converter {
    /// `stride`: bytes from row to row, where the driver says so.
    pub(super) fn new(format: CameraFormat, stride: Option<usize>) -> Self {
        let (width, height) = (format.width() as usize, format.height() as usize);
        let packed = if format.format() == FrameFormat::YUYV { width * 2 } else { width };
        let stride = stride.filter(|stride| (packed..packed * 2).contains(stride)).unwrap_or(packed);
        Self { format: format.format(), width, height, stride, jpeg: None, planes: Vec::new() }
    }

    /// The picture in I420. `None` where the data is no whole picture.
    pub(super) fn convert(&mut self, raw: &[u8], captured_at: Instant) -> Option<VideoFrame> {
        match self.format {
            FrameFormat::YUYV => self.convert_yuyv(raw, captured_at),
            FrameFormat::NV12 => self.convert_nv12(raw, captured_at),
            FrameFormat::MJPEG => self.convert_jpeg(raw, captured_at),
            FrameFormat::GRAY | FrameFormat::RAWRGB | FrameFormat::RAWBGR => None,
        }
    }

    fn convert_yuyv(&self, raw: &[u8], captured_at: Instant) -> Option<VideoFrame> {
        let size = self.size()?;
        let (width, height) = (size.width, size.height);
        let raw = raw.get(..self.stride * self.height)?;
        let packed = YuvPackedImage { yuy: raw, yuy_stride: u32::try_from(self.stride).ok()?, width, height };
        let mut pixels = vec![0; size.i420_bytes()];
        let (y, chroma) = pixels.split_at_mut(width as usize * height as usize);
        let (u, v) = chroma.split_at_mut(chroma.len() / 2);
        let mut planar = YuvPlanarImageMut {
            y_plane: BufferStoreMut::Borrowed(y),
            y_stride: width,
            u_plane: BufferStoreMut::Borrowed(u),
            u_stride: width / 2,
            v_plane: BufferStoreMut::Borrowed(v),
            v_stride: width / 2,
            width,
            height,
        };
        yuv::yuyv422_to_yuv420(&mut planar, &packed).ok()?;
        VideoFrame::new(size, pixels, captured_at)
    }

    fn convert_nv12(&self, raw: &[u8], captured_at: Instant) -> Option<VideoFrame> {
        let size = self.size()?;
        let (width, height) = (size.width as usize, size.height as usize);
        let (luma, chroma) = raw.split_at_checked(self.stride * self.height)?;
        let chroma = chroma.get(..self.stride * (height / 2))?;
        let mut pixels = vec![0; size.i420_bytes()];
        let (y, planes) = pixels.split_at_mut(width * height);
        let (u, v) = planes.split_at_mut(planes.len() / 2);
        for (to, from) in y.chunks_exact_mut(width).zip(luma.chunks_exact(self.stride)) {
            to.copy_from_slice(&from[..width]);
        }
        let rows = u.chunks_exact_mut(width / 2).zip(v.chunks_exact_mut(width / 2));
        for ((u, v), from) in rows.zip(chroma.chunks_exact(self.stride)) {
            for ((u, v), pair) in u.iter_mut().zip(v).zip(from.chunks_exact(2)) {
                (*u, *v) = (pair[0], pair[1]);
            }
        }
        VideoFrame::new(size, pixels, captured_at)
    }

    fn convert_jpeg(&mut self, raw: &[u8], captured_at: Instant) -> Option<VideoFrame> {
        if self.jpeg.is_none() {
            self.jpeg = Decompressor::new().ok();
        }
        let jpeg = self.jpeg.as_mut()?;
        let header = jpeg.read_header(raw).ok()?;
        let sharing = match header.subsamp {
            Subsamp::Sub2x2 | Subsamp::Gray => (2, 2),
            Subsamp::Sub2x1 => (2, 1),
            Subsamp::Sub1x2 => (1, 2),
            Subsamp::None => (1, 1),
            _ => return None,
        };
        if header.width.max(header.height) > MAX_SIDE as usize {
            return None;
        }
        let length = turbojpeg::yuv_pixels_len(header.width, 1, header.height, header.subsamp).ok()?;
        self.planes.resize(length, 0);
        let mut image = YuvImage {
            pixels: self.planes.as_mut_slice(),
            width: header.width,
            align: 1,
            height: header.height,
            subsamp: header.subsamp,
        };
        jpeg.decompress_to_yuv(raw, image.as_deref_mut()).ok()?;
        let (y_stride, y_rows) = image.y_size();
        let (stride, rows) = image.uv_size();
        let (luma, chroma) = self.planes.split_at_checked(y_stride * y_rows)?;
        let chroma = match header.subsamp {
            Subsamp::Gray => None,
            _ => {
                let (u, v) = chroma.split_at_checked(stride * rows)?;
                Some([Plane { samples: u, stride }, Plane { samples: v, stride }])
            }
        };
        let luma = Plane { samples: luma, stride: y_stride };
        // JPEG is full range (JFIF 1.02), video is not.
        Planes { size: (header.width, header.height), luma, chroma, sharing, full_range: true }.to_frame(captured_at)
    }

    fn size(&self) -> Option<Size> {
        let size = Size::new(u32::try_from(self.width).ok()?, u32::try_from(self.height).ok()?);
        (size.width.max(size.height) <= MAX_SIDE).then_some(size)
    }
}

#[cfg(test)]
mod tests {
    use nokhwa::utils::Resolution;
    use turbojpeg::{Compressor, Image, PixelFormat};

    use super::*;

    #[test]
    fn yuyv_becomes_planes_and_padding_is_skipped() {
        let mut raw = Vec::new();
        for row in 0..4_u8 {
            raw.extend([10 + row, 100, 20 + row, 200, 30 + row, 100, 40 + row, 200, 0, 0, 0, 0]);
        }
        raw.extend([0; 64]);

        let frame = converter(FrameFormat::YUYV, 4, 4, Some(12)).convert(&raw, Instant::now()).unwrap();

        let [y, u, v] = frame.planes();
        assert_eq!(y[..8], [10, 20, 30, 40, 11, 21, 31, 41]);
        assert!(u.iter().all(|sample| *sample == 100) && v.iter().all(|sample| *sample == 200));
    }

    #[test]
    fn nv12_becomes_planes() {
        let raw = [1, 2, 3, 4, 5, 6, 7, 8, 50, 60, 51, 61];

        let frame = converter(FrameFormat::NV12, 4, 2, None).convert(&raw, Instant::now()).unwrap();

        assert_eq!(frame.planes(), [&[1, 2, 3, 4, 5, 6, 7, 8][..], &[50, 51], &[60, 61]]);
    }

    #[test]
    fn every_kind_of_jpeg_becomes_planes_in_limited_range() {
        for subsamp in [Subsamp::Sub2x2, Subsamp::Sub2x1, Subsamp::Sub1x2, Subsamp::None, Subsamp::Gray] {
            let jpeg = white_jpeg(subsamp);

            let frame = converter(FrameFormat::MJPEG, 34, 18, None).convert(&jpeg, Instant::now()).unwrap();

            let [y, u, v] = frame.planes();
            assert_eq!(frame.size(), Size::new(34, 18));
            assert!(y.iter().all(|sample| sample.abs_diff(235) <= 1), "{subsamp:?}");
            assert!(u.iter().chain(v).all(|sample| sample.abs_diff(128) <= 1), "{subsamp:?}");
        }
    }

    #[test]
    fn short_or_broken_data_is_no_picture() {
        let jpeg = white_jpeg(Subsamp::Sub2x1);

        for format in [FrameFormat::YUYV, FrameFormat::NV12, FrameFormat::MJPEG] {
            for raw in [&[][..], &[0xff, 0xd8], &jpeg[..20]] {
                assert!(converter(format, 34, 18, None).convert(raw, Instant::now()).is_none());
            }
        }
    }

    fn converter(format: FrameFormat, width: u32, height: u32, stride: Option<usize>) -> Converter {
        Converter::new(CameraFormat::new(Resolution::new(width, height), format, 30), stride)
    }

    fn white_jpeg(subsamp: Subsamp) -> Vec<u8> {
        let pixels = [255; 34 * 18 * 3];
        let image = Image { pixels: &pixels[..], width: 34, pitch: 34 * 3, height: 18, format: PixelFormat::RGB };
        let mut compressor = Compressor::new().unwrap();
        compressor.set_subsamp(subsamp).unwrap();
        compressor.compress_to_vec(image).unwrap()
    }
}
