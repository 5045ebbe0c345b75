"""The study's trained networks; the .safetensors files beside this one are all there is."""
