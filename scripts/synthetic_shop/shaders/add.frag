#version 330
// One of several exposures.
in vec2 uv;
uniform sampler2D picture;
uniform float weight;
out vec4 out_colour;
void main() { out_colour = vec4(min(texture(picture, uv).rgb, vec3(60.0)) * weight, 0.0); }
