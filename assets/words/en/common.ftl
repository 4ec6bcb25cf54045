# What several parts of the window say.
cancel = Cancel
secret-show = Show { $secret }
secret-hide = Hide { $secret }
stepper-more = More people
stepper-fewer = Fewer people
