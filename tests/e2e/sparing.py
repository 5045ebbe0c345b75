"""What a page is told before it loads, so that it leaves the processor to the others.

Without a graphics card the processor draws, 0.1 s and more a frame, and as a page asks for frames
without end, little is left for the server, its network and the other test. What tests read is the
page's state, and that moves on with every frame, drawn or not. So frames come at most every
`INTERVAL` ms, and only one in `DRAWN` of them reaches the screen. What is drawn into a texture is
drawn always, and all else happens in each frame: programs compile, texels go up, draw calls count.
Who looks at the page has it draw every frame by `window.drawsAll`, as `Visit.look` does.
"""

INTERVAL = 40
DRAWN = 10

SPARING = f"""(() => {{
    const ask = window.requestAnimationFrame.bind(window);
    const waiting = new Map();
    let id = 0;
    let asked = false;
    let last = 0;
    let count = 0;
    const answer = (time) => {{
        asked = false;
        last = performance.now();
        count += 1;
        const due = [...waiting.values()];
        waiting.clear();
        for (const callback of due) {{
            try {{ callback(time); }} catch (error) {{ reportError(error); }}
        }}
    }};
    window.requestAnimationFrame = (callback) => {{
        waiting.set(++id, callback);
        if (!asked) {{
            asked = true;
            setTimeout(() => ask(answer), Math.max(0, last + {INTERVAL} - performance.now()));
        }}
        return id;
    }};
    window.cancelAnimationFrame = (id) => waiting.delete(id);

    const gl = WebGL2RenderingContext.prototype;
    const textures = new WeakSet();
    const bind = gl.bindFramebuffer;
    gl.bindFramebuffer = function (target, framebuffer) {{
        if (target !== this.READ_FRAMEBUFFER) {{
            if (framebuffer === null) textures.delete(this);
            else textures.add(this);
        }}
        bind.call(this, target, framebuffer);
    }};
    for (const name of ['Arrays', 'Elements', 'ArraysInstanced', 'ElementsInstanced']) {{
        const draw = gl[`draw${{name}}`];
        gl[`draw${{name}}`] = function (...rest) {{
            const seen = window.drawsAll || count % {DRAWN} === 0;
            if (seen || textures.has(this)) draw.apply(this, rest);
        }};
    }}
}})();"""
