"use strict";
// Plays several videos in step: the longest leads, the others follow its time.

const TOLERANCE = 0.06;

class InStep {
  constructor(videos) {
    this.videos = videos;
    this.speed = 1;
    this.wanted = false;
  }

  // Waits until all can play, or have failed; but not for one that never answers.
  async ready() {
    const each = (video) => new Promise((resolve) => {
      if (video.readyState >= 3 || video.error) resolve();
      for (const event of ["canplay", "error"]) video.addEventListener(event, resolve, { once: true });
      setTimeout(resolve, 3000);
    });
    await Promise.all(this.videos.map(each));
  }

  get playable() {
    return this.videos.filter((video) => !video.error && video.duration);
  }

  get leader() {
    return this.playable.reduce((a, b) => (a && a.duration >= b.duration ? a : b), null);
  }

  get length() {
    return this.leader?.duration ?? 0;
  }

  play() {
    this.wanted = true;
    for (const video of this.playable) {
      video.playbackRate = this.speed;
      video.play().catch(() => {});
    }
    clearInterval(this.timer);
    this.timer = setInterval(() => this.keep(), 150);
  }

  pause() {
    this.wanted = false;
    clearInterval(this.timer);
    for (const video of this.videos) video.pause();
  }

  seek(seconds) {
    for (const video of this.playable) {
      video.currentTime = Math.min(Math.max(seconds, 0), video.duration);
    }
  }

  keep() {
    const leader = this.leader;
    if (!leader) return;
    if (leader.ended) {
      this.seek(0);
      this.play();
      return;
    }
    for (const video of this.playable) {
      const time = Math.min(leader.currentTime, video.duration);
      if (video !== leader && !video.seeking && Math.abs(video.currentTime - time) > TOLERANCE) {
        video.currentTime = time;
      }
    }
  }

  end() {
    this.pause();
    for (const video of this.videos) {
      video.removeAttribute("src");
      // Lets the browser forget what it has read.
      video.load();
      video.remove();
    }
  }
}

function videoOf(row) {
  const video = make("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  video.src = row.file;
  return video;
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");
